using System.Text.Json;

namespace GatewayMesh.Scenarios;

/// <summary>Prints a line when a phase ends, as a table or as JSON.</summary>
internal sealed class Table
{
    private readonly Scenario _scenario;
    private readonly TextWriter _output;
    private readonly bool _json;

    public Table(Scenario scenario, TextWriter output, bool json)
    {
        (_scenario, _output, _json) = (scenario, output, json);
        if (!json)
        {
            output.WriteLine(scenario.Question);
            output.WriteLine();
            output.WriteLine($"{"",-22}" + string.Concat(scenario.Columns.Select(column => $"{column.Header,22}")));
        }
    }

    public void Add(Phase phase, Figures figures) => _output.WriteLine(_json
        ? JsonSerializer.Serialize(_scenario.Columns.Select(column => KeyValuePair.Create(column.Header, column.Of(figures)))
            .Prepend(KeyValuePair.Create("phase", phase.Title)).ToDictionary())
        : $"{phase.Title,-22}" + string.Concat(_scenario.Columns.Select(column => $"{column.Of(figures),22}")));
}
