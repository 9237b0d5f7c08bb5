using GatewayMesh.Proxy.Loops;

namespace GatewayMesh.Proxy.Connections;

/// <summary>Makes a connection on a loop.</summary>
/// <param name="loop">Loop of the connection; the task completes on it.</param>
/// <param name="timeout">Connect timeout, including a handshake.</param>
/// <param name="cancellationToken">Cancels the attempt.</param>
internal delegate ValueTask<ByteChannel> Connect(EventLoop loop, TimeSpan timeout, CancellationToken cancellationToken);
