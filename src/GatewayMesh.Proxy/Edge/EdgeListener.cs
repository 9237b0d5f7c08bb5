using GatewayMesh.Configuration.Bootstrap;

namespace GatewayMesh.Proxy.Edge;

/// <summary>A public listener as its connections meet it.</summary>
/// <param name="Spec">What the bootstrap says.</param>
/// <param name="Tls">Its certificates, live; null where it speaks plain HTTP.</param>
internal sealed record EdgeListener(IngressListenerSpec Spec, EdgeTls? Tls);
