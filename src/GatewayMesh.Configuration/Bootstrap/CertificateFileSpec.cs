using GatewayMesh.Configuration.Document;

namespace GatewayMesh.Configuration.Bootstrap;

/// <summary>A certificate and its key as files in PEM.</summary>
/// <param name="Cert">The certificate, and behind it the intermediates that lead to its authority.</param>
/// <param name="Key">Its private key, not encrypted.</param>
/// <param name="Location">Where this was said, for errors.</param>
/// <param name="Path">Path of the item in the bootstrap.</param>
public sealed record CertificateFileSpec(string Cert, string Key, SourceLocation Location, string Path);
