using GatewayMesh.Admin.Documents;

namespace GatewayMesh.Drills.Demo.Screen;

/// <summary>A row of the live table.</summary>
/// <param name="Node">Name of the node.</param>
/// <param name="Status">Last status; null: the node is not responding.</param>
/// <param name="LastEvent">Last event of the node.</param>
internal sealed record NodeView(DemoNode Node, NodeStatus? Status, string LastEvent);
