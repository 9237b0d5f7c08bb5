namespace GatewayMesh.Scenarios;

/// <summary>An experiment on the mesh: instances, a load, and phases with different entries.</summary>
/// <param name="Name">Its folder under <c>topology</c>.</param>
/// <param name="Question">The question that the table answers.</param>
/// <param name="Rate">Requests per second.</param>
/// <param name="Instances">The applications: name, port relative to the base, behavior.</param>
/// <param name="Phases">The phases, in order.</param>
/// <param name="Columns">The columns of the table.</param>
internal sealed record Scenario(string Name, string Question, int Rate, (string Name, int Port, Behavior Behavior)[] Instances,
    Phase[] Phases, Column[] Columns);
