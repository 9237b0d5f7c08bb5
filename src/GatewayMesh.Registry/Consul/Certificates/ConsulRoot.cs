using System.Collections.Immutable;

namespace GatewayMesh.Registry.Consul.Certificates;

/// <summary>A root of Consul's authority.</summary>
/// <param name="Fingerprint">SHA-256 of the certificate. Distinguishes roots, also across two authorities.</param>
/// <param name="Pem">The root certificate.</param>
/// <param name="Intermediates">Certificates delivered with the root: a new root cross-signed by the previous root.</param>
internal sealed record ConsulRoot(string Fingerprint, string Pem, ImmutableArray<string> Intermediates);
