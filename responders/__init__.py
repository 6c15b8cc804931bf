"""Answers: routes mentions, drafts and guards replies, sends what people approved, and follows complaints."""
