namespace GatewayMesh.Registry.Kubernetes.Watching;

/// <summary>Result of reading a line.</summary>
/// <param name="Line">The line; empty at the end and for a line that was too long.</param>
/// <param name="IsEnd">True at the end of the stream.</param>
/// <param name="IsTooLong">True for a line that was skipped because it was too long.</param>
internal readonly record struct LineResult(ReadOnlyMemory<byte> Line, bool IsEnd, bool IsTooLong);
