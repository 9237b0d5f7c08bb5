namespace GatewayMesh.Bench;

/// <summary>The run cannot go on; the message is for the user.</summary>
internal sealed class BenchException(string message) : Exception(message);
