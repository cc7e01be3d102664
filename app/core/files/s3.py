"""Files in S3-compatible storage, by boto3 (requirements-s3.txt).

The portal streams them through its one responder, as from its own folder: presigned addresses would go round its headers, would
stay open after a right is lost, and would need the storage to be reachable from browsers.
"""

from collections.abc import Iterator
from pathlib import Path
from typing import IO, Any

import boto3
from botocore.config import Config
from botocore.exceptions import ClientError

_GONE = {"404", "NoSuchKey", "NotFound"}


class Bucket:
    """A bucket. The client is made once and shared by threads, as botocore allows."""

    def __init__(
        self,
        coming: Path,
        *,
        bucket: str,
        endpoint: str | None = None,
        region: str | None = None,
        key: str | None = None,
        secret: str | None = None,
    ) -> None:
        self.coming, self.bucket = coming, bucket
        self.client: Any = boto3.client(
            "s3",
            endpoint_url=endpoint,
            region_name=region,
            aws_access_key_id=key,
            aws_secret_access_key=secret,
            config=Config(
                connect_timeout=5, read_timeout=20, retries={"max_attempts": 3, "mode": "standard"}
            ),
        )

    def put(self, path: Path, key: str) -> None:
        """Sent as a stream; the storage answers when it is safe."""
        with path.open("rb") as file:
            self.client.put_object(Bucket=self.bucket, Key=key, Body=file, ContentLength=path.stat().st_size)

    def open(self, key: str) -> IO[bytes]:
        """The answer's body, read as it is sent on."""
        try:
            body: IO[bytes] = self.client.get_object(Bucket=self.bucket, Key=key)["Body"]
        except ClientError as error:
            if error.response.get("Error", {}).get("Code") in _GONE:
                raise FileNotFoundError(key) from error
            raise
        return body

    def delete(self, key: str) -> None:
        """Deleting what is not there is no error in S3 either."""
        self.client.delete_object(Bucket=self.bucket, Key=key)

    def keys(self, before: float) -> Iterator[str]:
        """Page by page."""
        for page in self.client.get_paginator("list_objects_v2").paginate(Bucket=self.bucket):
            for entry in page.get("Contents", ()):
                if entry["LastModified"].timestamp() < before:
                    yield entry["Key"]
