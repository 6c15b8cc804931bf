"""The closed list of themes and the word beginnings that point to each, in the model's languages.

`word*` matches any word that begins so, a plain word only itself, and words joined by `_` a phrase. Order is priority.
"""

from collections.abc import Mapping

THEMES: Mapping[str, str] = {
    "delivery": (
        "deliver* shipping shipped courier* parcel* lieferung* geliefert paket* versand* entrega* envío* envio* "
        "paquete* livraison* livré* colis encomenda* consegna* spedizione pacco bezorg* pakket* levering* "
        "aflewer* pakkie* डिलीवरी पार्सल توصيل الشحن طرد mzigo usafirishaji"
    ),
    "refunds": (
        "refund* money_back erstattung* rückerstattung* reembolso* remboursement* remboursé* rimborso* "
        "terugbetal* geld_terug terugbetaling* रिफंड استرداد refundi rejesha"
    ),
    "price": (
        "price* pricing expensive cheap overpriced cost costs preis* teuer* billig* precio* caro cara barato* "
        "prix cher chère preço* prezzo prezzi costoso prijs* duur goedkoop duurder prys* कीमत महंगा महंगे سعر "
        "اسعار غالي bei ghali"
    ),
    "billing": (
        "bill billed billing invoice* charged overcharged charge charges fee fees rechnung* abgebucht factura* "
        "cobro* cobr* facture* prélèvement* fatura* cobrança* fattura* addebit* factuur* rekening* faktuur* बिल "
        "فاتورة bili"
    ),
    "payment": (
        "payment* checkout card_declined zahlung* bezahl* pago pagos pagar paiement* pagamento* betaling* betaal* "
        "भुगतान دفع malipo"
    ),
    "staff": (
        "staff employee* rude friendly waiter waitress cashier barista driver mitarbeiter* personal kellner* "
        "personnel serveu* empleado* camarer* funcionári* atendente* dipendent* cameriere personeel medewerker* "
        "personeelslid kelner* स्टाफ कर्मचारी موظف الموظفين wafanyakazi mhudumu"
    ),
    "customer service": (
        "customer_service customer_care support helpline hotline helpdesk call_centre call_center kundenservice "
        "kundendienst servicio_al_cliente atención_al_cliente service_client sav atendimento suporte assistenza "
        "servizio_clienti klantenservice kliëntediens कस्टमर_केयर خدمة_العملاء huduma"
    ),
    "waiting time": (
        "queue* waiting waited wait hold slow warteschlange* wartezeit* gewartet espera* esperando cola attente "
        "attends fila attesa coda wachttijd* wachten gewag wag इंतज़ार इंतजार انتظار foleni"
    ),
    "app": (
        "app apps login log_in update* android ios aplicación aplicativo application appli applicazione "
        "applikasie toep ऐप एप تطبيق التطبيق programu"
    ),
    "website": ("website* site webseite* página_web sitio_web site_web webwinkel webwerf वेबसाइट موقع الموقع tovuti"),
    "outage": (
        "outage* offline server* störung* ausfall ausgefallen caído caída panne coupure fora_do_ar instabilidade "
        "disservizio storing* kragonderbreking network netzwerk netz red réseau rede rete netwerk नेटवर्क شبكة "
        "الشبكة mtandao"
    ),
    "account": ("account* konto cuenta compte conta kundenkonto rekeninghouer अकाउंट खाता حساب حسابي akaunti"),
    "privacy and security": (
        "hacked hack privacy data_breach leaked phishing fraud* gehackt datenschutz hackead* privacidad piraté "
        "fraude* hackerat* privacidade hackerato sekuriteit हैक اختراق احتيال"
    ),
    "quality": (
        "quality broke broken faulty defect* qualität* kaputt defekt* calidad rota roto qualité cassé* défectueu* "
        "qualidade quebrad* qualità rotto rotta kwaliteit kapot gehalte stukkend क्वालिटी गुणवत्ता खराब جودة "
        "ubora"
    ),
    "food": (
        "food meal* taste* tasty coffee pizza burger menu essen geschmeckt kaffee comida café plato nourriture "
        "plat repas prato comer cibo piatto caffè eten koffie kos खाना कॉफी طعام اكل قهوة chakula kahawa"
    ),
    "packaging": (
        "packaging package plastic verpackung* embalaje* emballage* embalage* imballaggio verpakking* पैकेजिंग تغليف"
    ),
    "size and fit": (
        "size sizes sizing fit fits größe* talla tallas taille tamanho taglia maat maten grootte साइज़ مقاس"
    ),
    "stock": (
        "stock sold_out restock unavailable ausverkauft lieferbar agotado existencias rupture esgotado esaurito "
        "uitverkocht voorraad स्टॉक نفد"
    ),
    "opening hours": (
        "opening_hours open closed öffnungszeiten geöffnet horario* abierto horaires ouvert horário* aberto orari "
        "aperto openingstijden geopend oop openingsure समय ساعات"
    ),
    "booking": (
        "booking* booked reservation* reserve buchung* gebucht reserva* reservar réservation* réserv* "
        "prenotazion* prenotato boeking* geboekt bespreking* बुकिंग حجز الحجز uhifadhi"
    ),
    "travel": (
        "flight* luggage baggage seat train trains bus boarding flug* gepäck zug vuelo* maleta tren vol bagage* "
        "valise voo mala trem comboio volo valigia treno vlucht* koffer trein vlug bagasie फ्लाइट ट्रेन طيران "
        "رحلة ndege"
    ),
    "subscription": (
        "subscription* subscribe membership cancel* contract abo kündig* vertrag suscripción cancelar contrato "
        "abonnement* résili* assinatura abbonamento contratto opzeg* lidmaatschap सब्सक्रिप्शन اشتراك"
    ),
    "warranty and repair": (
        "warranty repair* guarantee* garantie* reparatur* repariert garantía reparación réparation* garantia "
        "conserto garanzia riparazion* reparatie* herstel* waarborg वारंटी ضمان udhamini"
    ),
    "returns": (
        "return returns exchange* rückgabe umtausch devolución devolver cambio retour* échange devolução troca "
        "reso restituire ruilen omruil वापसी ارجاع"
    ),
    "safety": (
        "unsafe safety dangerous burn burnt fire allergic allergy gefährlich* verbrannt allergi* peligros* "
        "quemadura dangereu* brûlure perigos* queimadura pericolos* gevaarlijk* brand gevaarlik ख़तरा खतरनाक خطر "
        "hatari"
    ),
    "cleanliness": (
        "dirty clean hygiene filthy schmutzig sauber sucio limpio sale propre sujo limpo sporco pulito vies "
        "schoon vuil skoon गंदा साफ نظيف وسخ usafi chafu"
    ),
    "battery": ("battery charger charging akku batería batterie bateria batteria batterij oplader बैटरी بطارية betri"),
    "design": (
        "design colour color dark_mode interface look farbe diseño couleur conception cor cores colore ontwerp "
        "kleur डिज़ाइन تصميم rangi muundo"
    ),
    "loyalty and offers": (
        "loyalty points voucher* discount* coupon* offer promo* gutschein* rabatt* descuento* cupón oferta "
        "réduction bon_d'achat desconto* cupom sconto buono korting* kortingscode afslag डिस्काउंट ऑफर خصم عرض "
        "punguzo"
    ),
    "sustainability": (
        "sustainab* recycl* vegan climate nachhaltig* umwelt sostenib* recicl* durable recyclage sustentáv* "
        "sostenibil* riciclo duurzaam* volhoubaar* पर्यावरण استدامة mazingira"
    ),
    "accessibility": (
        "wheelchair accessib* subtitles screen_reader barrierefrei* rollstuhl* accesib* silla_de_ruedas fauteuil "
        "accessibilité acessib* cadeirante accessibil* rolstoel* toegankelijk* व्हीलचेयर كرسي"
    ),
}


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


DETERMINERS: Mapping[str, frozenset[str]] = {
    "en": _words("the my your this that our a an"),
    "de": _words("der die das den dem mein meine meinen euer eure euren ihr ihre ein eine einen"),
    "es": _words("el la los las mi mis su sus vuestro vuestra un una"),
    "fr": _words("le la les mon ma mes votre vos un une ce cette"),
    "pt": _words("o a os as meu minha seu sua um uma esse essa"),
    "it": _words("il lo la i gli le mio mia vostro vostra un una questo questa"),
    "nl": _words("de het mijn jullie een deze dit"),
    "af": _words("die my julle 'n hierdie"),
}
STOP_WORDS = _words(
    "and or but is are was were be been has have had do does did not no so very just really with for from in "
    "on at to of by as it i you we they he she me us them who what when where why how that this there here if "
    "then than too again und oder aber ist sind war hat haben nicht sehr mit für von im am zu bei als es ich "
    "ihr wir sie wann wo y o pero son era ha han muy con para por en de del a al que se lo yo te nos et ou "
    "mais est sont était ont pas très avec pour du des à au qui je vous nous il elle e mas é são foi tem não "
    "muito com em da na eu você nós ele ela ma è sono hanno non molto per di della che io tu noi si maar zijn "
    "heeft hebben niet zeer met voor van op aan bij ik ze wat wanneer waar het nie baie vir ek jy ons hulle "
    "same new good bad best worst last first next other whole more most only one way thing time day week bit "
    "lot"
)
