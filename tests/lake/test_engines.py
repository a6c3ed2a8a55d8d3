"""Do Spark and ClickHouse give DuckDB's figures, cell by cell, for every question that a measurement asks?

Needs ``requirements/engines.txt`` (``make test-engines``); Spark needs Java, too. The Spark here is a real
standalone cluster: a master and two workers, processes of their own on the loopback address.
"""

from __future__ import annotations

import contextlib
import importlib.util
import os
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from smarketing.lake.engines import ClickHouseEngine, EngineReader, SparkEngine, differing_cells
from smarketing.lake.store import Lake, LakeReader
from tests.lake.asked import OWN, asked_by_measurements
from tests.lake.world import World, at, batches, company

pytestmark = pytest.mark.engines

needs_spark = pytest.mark.skipif(
    importlib.util.find_spec("pyspark") is None or shutil.which("java") is None,
    reason="needs pyspark and Java: pip install -r requirements/engines.txt",
)
needs_chdb = pytest.mark.skipif(
    importlib.util.find_spec("chdb") is None, reason="needs chdb: pip install -r requirements/engines.txt"
)


@pytest.fixture(scope="module")
def lake_reader(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LakeReader]:
    lake = Lake(tmp_path_factory.mktemp("lake"))
    world = World(5, leads=300)
    lake.load(batches(world.facts), company(), known_until=at("2026-05-28"))
    world.facts["leads"] = [{**row, "segment": None} for row in world.facts["leads"][:20]]
    lake.load(batches({"leads": world.facts["leads"]}), company(), known_until=at("2026-05-28"))
    with lake.open() as reader:
        yield reader


@pytest.fixture(scope="module")
def questions(lake_reader: LakeReader) -> tuple[str, ...]:
    return (*asked_by_measurements(lake_reader), *OWN)


def compare(other: EngineReader, reader: LakeReader, questions: tuple[str, ...]) -> list[str]:
    found = []
    for question in questions:
        differences = differing_cells(reader.query(question).to_pylist(), other.rows(question))
        if differences:
            found.append(f"{question}\n    {len(differences)} cells: {'; '.join(differences[:5])}")
    return found


@needs_chdb
def test_clickhouse_gives_the_same_cells(lake_reader: LakeReader, questions: tuple[str, ...]) -> None:
    with contextlib.closing(ClickHouseEngine()) as engine:
        assert "\n".join(compare(EngineReader(engine, lake_reader), lake_reader, questions)) == ""


@needs_spark
def test_spark_cluster_gives_the_same_cells(
    lake_reader: LakeReader, questions: tuple[str, ...], spark_cluster: str
) -> None:
    settings = {
        "spark.driver.host": "127.0.0.1",
        "spark.driver.bindAddress": "127.0.0.1",
        "spark.executor.memory": "600m",
        "spark.cores.max": "2",
    }
    with contextlib.closing(SparkEngine(spark_cluster, settings)) as engine:
        assert "\n".join(compare(EngineReader(engine, lake_reader), lake_reader, questions)) == ""


@pytest.fixture(scope="module")
def spark_cluster(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A standalone master and two workers of one core each."""
    import pyspark

    home = Path(pyspark.__file__).parent
    folder = tmp_path_factory.mktemp("spark")
    port = _free_port()
    address = f"spark://127.0.0.1:{port}"
    master = ["org.apache.spark.deploy.master.Master", "--host", "127.0.0.1", "--port", str(port)]
    worker = ["org.apache.spark.deploy.worker.Worker", "--host", "127.0.0.1", "--cores", "1", "--memory", "700m"]
    with contextlib.ExitStack() as stack:
        stack.enter_context(_process(home, folder, "master", [*master, "--webui-port", "0"]))
        _wait_for(port)
        for name in ("one", "two"):
            own = ["--webui-port", "0", "--work-dir", str(folder / name), address]
            stack.enter_context(_process(home, folder, name, [*worker, *own]))
        yield address


@contextlib.contextmanager
def _process(home: Path, folder: Path, name: str, command: list[str]) -> Iterator[None]:
    environment = {
        **os.environ,
        "SPARK_LOCAL_IP": "127.0.0.1",
        "SPARK_HOME": str(home),
        "SPARK_SCALA_VERSION": _scala_version(home),
        "PYSPARK_PYTHON": sys.executable,
        "SPARK_DAEMON_MEMORY": "300m",
    }
    java = shutil.which("java") or "java"
    with (folder / f"{name}.log").open("w") as log:
        started = subprocess.Popen(
            [java, "-Xmx300m", *_OPENED, "-cp", f"{home / 'jars'}/*", *command],
            env=environment,
            stdout=log,
            stderr=subprocess.STDOUT,
        )
        try:
            yield
        finally:
            started.terminate()
            started.wait(timeout=30)


def _scala_version(home: Path) -> str:
    """Spark's own scripts would tell its processes; here they are started without them."""
    return next((home / "jars").glob("spark-core_*.jar")).name.split("_")[1].split("-")[0]


# What Spark needs to reach inside Java 17.
_OPENED = [
    f"--add-opens=java.base/{package}=ALL-UNNAMED"
    for package in ("java.lang", "java.nio", "java.util", "sun.nio.ch", "java.net", "java.util.concurrent")
]


def _free_port() -> int:
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return int(found.getsockname()[1])


def _wait_for(port: int, seconds: float = 60) -> None:
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), timeout=1):
            return
        time.sleep(0.2)
    raise TimeoutError("the Spark master did not start")
