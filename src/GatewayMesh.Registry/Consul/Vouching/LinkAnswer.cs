namespace GatewayMesh.Registry.Consul.Vouching;

/// <summary>An agent's answer on a link.</summary>
/// <param name="Status">HTTP status.</param>
/// <param name="Body">The beginning of the body; all of a short one.</param>
internal readonly record struct LinkAnswer(int Status, string Body);
