"""What the names of fields are taken to mean, without a server."""

from __future__ import annotations

import pytest

from _pb.access.names import is_owner, is_sensitive

PLAIN = (
    "hashtags footprint is_private isPrivate contract_type contractType hashed carbon_footprint invoice_status"
    " has_password password_changed_at tokenized secretary internationalization internals_count contractor botpress"
    " receipt_sent privateer"
)
SECRET = (
    "hash password_hash passwordHash otp otp_code OTPCode contract contracts contract_file invoice_pdf private_notes"
    " api_key apiKey APIKey apikey accessToken accesstoken clientsecret secret secret2 tokens tax_id taxId salary"
    " salaries internal_note admin_notes userpassword receipts"
)


@pytest.mark.parametrize("name", PLAIN.split())
def test_a_secret_inside_of_another_word_is_no_secret(name: str) -> None:
    assert not is_sensitive(name)


@pytest.mark.parametrize("name", SECRET.split())
def test_the_words_of_a_secret_are_found_however_they_are_joined(name: str) -> None:
    assert is_sensitive(name)


def test_an_owner_is_found_with_and_without_id() -> None:
    assert all(is_owner(name) for name in ("owner", "ownerId", "owner_id", "createdBy"))
