using System.Text.Json;

namespace GatewayMesh.Scenarios;

/// <summary>Prints a line for each phase when it is over, in columns for people or as JSON.</summary>
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
            output.WriteLine($"{"",-22}" + string.Concat(scenario.Columns.Select(column => $"{column.Head,22}")));
        }
    }

    public void Add(Phase phase, Figures figures) => _output.WriteLine(_json
        ? JsonSerializer.Serialize(_scenario.Columns.Select(column => KeyValuePair.Create(column.Head, column.Of(figures))).Prepend(KeyValuePair.Create("phase", phase.Words)).ToDictionary())
        : $"{phase.Words,-22}" + string.Concat(_scenario.Columns.Select(column => $"{column.Of(figures),22}")));
}
