"""`python -m bench.data_model`: renews docs/data-model.md between its marks."""

from __future__ import annotations

import os


def main() -> None:
    """Write the document, and say whether that changed anything."""
    # Before the product reads it. Nothing from the shell counts, and no real account can be
    # reached: the AWS is one in this process.
    for name in list(os.environ):
        if name.startswith(("TWEETER_", "AWS_")):
            del os.environ[name]
    os.environ.update(
        AWS_ACCESS_KEY_ID="test",
        AWS_SECRET_ACCESS_KEY="test",  # noqa: S106 - of no account
        AWS_DEFAULT_REGION="us-east-1",
        TWEETER_ENVIRONMENT="test",
    )
    from bench.data_model.document import PATH, renewed  # noqa: PLC0415
    from bench.data_model.measuring import measure_all  # noqa: PLC0415

    before = PATH.read_text(encoding="utf-8")
    after = renewed(before, measure_all())
    PATH.write_text(after, encoding="utf-8")
    print(f"{PATH.name}: {'as it was' if after == before else 'renewed'}")


if __name__ == "__main__":
    main()
