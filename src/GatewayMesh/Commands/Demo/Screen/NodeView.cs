using GatewayMesh.Commands.Status;

namespace GatewayMesh.Commands.Demo.Screen;

/// <summary>A node as the table shows it.</summary>
/// <param name="Node">Which.</param>
/// <param name="Status">What it last said; null: it does not answer.</param>
/// <param name="LastEvent">The last thing that happened to it.</param>
internal sealed record NodeView(DemoNode Node, NodeStatus? Status, string LastEvent);
