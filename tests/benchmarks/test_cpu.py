import pytest

from benchmarks import cpu


@pytest.mark.parametrize(
    ("cpuinfo", "name"),
    [
        ("processor\t: 0\nmodel name\t: Fast CPU\n\nmodel name\t: Fast CPU\n", "Fast CPU"),
        ("processor\t: 0\nmodel name\t: \n", "arm64"),
        ("", "arm64"),
    ],
)
def test_the_processor_has_a_name(cpuinfo, name, tmp_path, monkeypatch):
    (tmp_path / "cpuinfo").write_text(cpuinfo)
    monkeypatch.setattr(cpu, "CPUINFO", tmp_path / "cpuinfo")
    monkeypatch.setattr(cpu.platform, "machine", lambda: "arm64")
    assert cpu.cpu_name() == name
