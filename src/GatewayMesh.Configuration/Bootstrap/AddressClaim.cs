using System.Net;
using GatewayMesh.Configuration.Document;

namespace GatewayMesh.Configuration.Bootstrap;

/// <summary>An address that the process is to listen on, and where it was said: what an error names when the address cannot be bound.</summary>
/// <param name="Address">The address.</param>
/// <param name="Location">File and line, option or variable.</param>
/// <param name="Path">Path of the key.</param>
public sealed record AddressClaim(IPEndPoint Address, SourceLocation Location, string Path);
