using GatewayMesh.Drills.Scenarios;

namespace GatewayMesh.Tests.Drills.Scenarios;

/// <summary>Figures of a phase, and their cells in the report.</summary>
internal sealed class PhaseFiguresTests
{
    // Nine good answers of 10 to 90 ms, seven of them from v1; one refusal; six retries.
    private static readonly PhaseFigures Figures = new(
        [
            .. Enumerable.Range(1, 9).Select(
                i => new ScenarioAnswer(200, TimeSpan.FromMilliseconds(10 * i), i <= 7 ? "v1" : "v2")),
            new ScenarioAnswer(503, TimeSpan.FromMilliseconds(1), null),
        ],
        16);

    [Test]
    public void Figures_count_good_answers_only()
    {
        using (Assert.EnterMultipleScope())
        {
            Assert.That((Figures.Sent, Figures.Good, Figures.Failed), Is.EqualTo((10, 9, 1)));
            Assert.That(Figures.ShareOf("v1"), Is.EqualTo(7 / 9.0).Within(1e-9));
            Assert.That(Figures.Latency(0.5), Is.EqualTo(50));
            Assert.That(Figures.Load, Is.EqualTo(1.6).Within(1e-9));
        }
    }

    [Test]
    public void Report_has_a_row_for_each_phase()
    {
        var output = new StringWriter();
        new ScenarioReport(ScenarioCommand.Find("canary"), json: false, output).Add(new ScenarioPhase("1-percent", "1 %"), Figures);
        var lines = output.ToString().Split('\n', StringSplitOptions.RemoveEmptyEntries);
        using (Assert.EnterMultipleScope())
        {
            Assert.That(lines, Has.Length.EqualTo(3));
            Assert.That(
                lines[2].Split("  ", StringSplitOptions.RemoveEmptyEntries).Select(cell => cell.Trim()),
                Is.EqualTo(["1 %", "10", "1 (10.0 %)", "77.8 %", "22.2 %", "80 ms"]));
        }
    }

    [Test]
    public void Report_as_JSON_is_one_object_a_line()
    {
        var output = new StringWriter();
        new ScenarioReport(ScenarioCommand.Find("canary"), json: true, output).Add(new ScenarioPhase("1-percent", "1 %"), Figures);
        Assert.That(
            output.ToString().TrimEnd(),
            Is.EqualTo("""{"phase":"1 %","sent":"10","failed":"1 (10.0 %)","v1":"77.8 %","v2":"22.2 %","p99":"80 ms"}"""));
    }
}
