using GatewayMesh.Configuration.Bootstrap;

namespace GatewayMesh.Proxy.Edge;

/// <summary>A public listener as seen by its connections.</summary>
/// <param name="Spec">Settings from the bootstrap.</param>
/// <param name="Tls">Live certificates; null if the listener speaks plain HTTP.</param>
internal sealed record EdgeListener(IngressListenerSpec Spec, EdgeTls? Tls);
