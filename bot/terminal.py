"""Messages as plain text in a terminal."""

from __future__ import annotations

from bot.conversation.messages import Message


def print_message(message: Message) -> None:
    """Print a message with its cards and choices."""
    print(message.text)
    for card in message.cards:
        print(f"\n  ■ {card['title']}" + (f" — {card['subtitle']}" if card.get("subtitle") else ""))
        for text in (card.get("alert"), card.get("summary")):
            if text:
                print("    " + text.strip().replace("\n", "\n    "))
        for fact in card["facts"]:
            print(f"    {fact['label']}: {fact['value']}")
        for link in card["links"]:
            print(f"    → {link['label']}: {link['href']}")
        if card.get("freshness_text"):
            print(f"    ({card['freshness_text']})")
    if message.choices:
        print("\n  " + "  ".join(f"[{choice['label']}]" for choice in message.choices))
    print()
