namespace GatewayMesh.Drills.Scenarios;

/// <summary>Prints one line when a phase ends, as a table or as JSON.</summary>
internal sealed class ScenarioReport
{
    private readonly Scenario _scenario;
    private readonly TextWriter _output;
    private readonly bool _json;

    /// <summary>Prints the head of the table; nothing for JSON.</summary>
    public ScenarioReport(Scenario scenario, bool json, TextWriter output)
    {
        (_scenario, _json, _output) = (scenario, json, output);
        if (!json)
        {
            output.WriteLine(scenario.Question);
            output.WriteLine();
            output.WriteLine(Row("", column => column.Header));
        }
    }

    /// <summary>Prints the line of a phase.</summary>
    public void Add(ScenarioPhase phase, PhaseFigures figures) =>
        _output.WriteLine(_json ? Json(phase, figures) : Row(phase.Title, column => column.Of(figures)));

    private string Row(string title, Func<ScenarioColumn, string> cell) =>
        $"{title,-22}" + string.Concat(_scenario.Columns.Select(column => $"{cell(column),22}"));

    private string Json(ScenarioPhase phase, PhaseFigures figures) =>
        ScenarioJson.Line([("phase", phase.Title), .. _scenario.Columns.Select(column => (column.Header, column.Of(figures)))]);
}
