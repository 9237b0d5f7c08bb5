namespace GatewayMesh.Proxy.Pipeline;

/// <summary>An answer that the data path gives by itself and that is no error.</summary>
/// <param name="Status">HTTP status.</param>
/// <param name="Body">Body, plain text; empty for none.</param>
/// <param name="Node">Value of <c>gatewaymesh-node</c>, or null for none.</param>
internal sealed record LocalAnswer(int Status, string Body, string? Node);
