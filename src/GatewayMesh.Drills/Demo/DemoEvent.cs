namespace GatewayMesh.Drills.Demo;

/// <summary>An event of the demo.</summary>
/// <param name="Node">The node; empty for the whole demo.</param>
/// <param name="Text">Description.</param>
internal readonly record struct DemoEvent(string Node, string Text);
