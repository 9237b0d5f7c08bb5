using GatewayMesh.Configuration.Document;

namespace GatewayMesh.Configuration.Bootstrap;

/// <summary>A certificate and its key, as PEM files.</summary>
/// <param name="Cert">Certificate, followed by the intermediates that lead to its authority.</param>
/// <param name="Key">Private key of the certificate, not encrypted.</param>
/// <param name="Location">Location in the bootstrap, for errors.</param>
/// <param name="Path">Path of the item in the bootstrap.</param>
public sealed record CertificateFileSpec(string Cert, string Key, SourceLocation Location, string Path);
