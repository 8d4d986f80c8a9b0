"""The counter (柜台收银): a shop without a till sells from a page, and paper comes out."""
