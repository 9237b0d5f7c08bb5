namespace GatewayMesh.Commands.Demo;

/// <summary>Something that happened in the demo.</summary>
/// <param name="Node">Where; empty: to the whole.</param>
/// <param name="Text">What, in words.</param>
internal readonly record struct DemoEvent(string Node, string Text);
