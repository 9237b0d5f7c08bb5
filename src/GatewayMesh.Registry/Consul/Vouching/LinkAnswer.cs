namespace GatewayMesh.Registry.Consul.Vouching;

/// <summary>What an agent answered on a link.</summary>
/// <param name="Status">HTTP status.</param>
/// <param name="Body">How the body begins; all of a short one.</param>
internal readonly record struct LinkAnswer(int Status, string Body);
