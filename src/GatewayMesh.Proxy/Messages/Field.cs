namespace GatewayMesh.Proxy.Messages;

/// <summary>One field line of a head or a trailer section (RFC 9110 §5).</summary>
/// <param name="Name">Name as received; compared without case.</param>
/// <param name="Value">Value without surrounding whitespace.</param>
internal readonly record struct Field(string Name, string Value);
