using System.Collections.Immutable;

namespace GatewayMesh.Registry.Consul.Certificates;

/// <summary>A root of Consul's authority.</summary>
/// <param name="Fingerprint">SHA-256 of the certificate: what tells one root from another, also of two authorities.</param>
/// <param name="Pem">The root.</param>
/// <param name="Intermediates">Certificates that come with it: a new root cross-signed by the one before.</param>
internal sealed record ConsulRoot(string Fingerprint, string Pem, ImmutableArray<string> Intermediates);
