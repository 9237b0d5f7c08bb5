namespace GatewayMesh.Scenarios;

/// <summary>A question to the mesh: instances, a load, and phases that differ in their entries.</summary>
/// <param name="Name">Its folder under <c>topology</c>.</param>
/// <param name="Question">What the table answers.</param>
/// <param name="Rate">Requests a second.</param>
/// <param name="Instances">The applications: name, place of the port above the base, behaviour.</param>
/// <param name="Phases">In order.</param>
/// <param name="Columns">What the table shows of each phase.</param>
internal sealed record Scenario(string Name, string Question, int Rate, (string Name, int Port, Behaviour Behaviour)[] Instances, Phase[] Phases, Column[] Columns);
