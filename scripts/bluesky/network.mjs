// Bluesky's network in a box: an account server, the network's view of posts, and what both need, on fixed ports.
import { TestNetwork } from '@atproto/dev-env'

const network = await TestNetwork.create({
  dbPostgresSchema: 'earnest',
  plc: { port: 2582 },
  pds: { port: 2583, hostname: 'localhost', enableDidDocWithSession: true },
  bsky: { port: 2584, publicUrl: 'http://localhost:2584' },
})
console.log(JSON.stringify({ service: network.pds.url, appview: network.bsky.url }))
process.stdin.resume()
process.stdin.on('end', async () => {
  await network.close()
  process.exit(0)
})
