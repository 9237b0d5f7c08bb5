using System.Net;
using System.Net.Sockets;
using System.Text;

namespace GatewayMesh.Tests.Drills.Load;

/// <summary>Responds to each request head with the same bytes; null: closes the connection; empty: stays silent.</summary>
internal sealed class PlainServer : IDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly byte[]? _answer;
    private int _connections;
    private int _requests;

    public PlainServer(string? answer)
    {
        _answer = answer is null ? null : Encoding.ASCII.GetBytes(answer);
        _listener.Start();
        new Thread(Accept) { IsBackground = true }.Start();
    }

    public IPEndPoint Address => (IPEndPoint)_listener.LocalEndpoint;

    public int Connections => _connections;

    public int Requests => _requests;

    public void Dispose() => _listener.Dispose();

    private void Accept()
    {
        try
        {
            while (true)
            {
                var socket = _listener.AcceptSocket();
                Interlocked.Increment(ref _connections);
                new Thread(() => Serve(socket)) { IsBackground = true }.Start();
            }
        }
        catch (Exception failure) when (failure is SocketException or InvalidOperationException)
        {
            // Disposed.
        }
    }

    private void Serve(Socket socket)
    {
        using (socket)
        {
            var buffer = new byte[4096];
            while (socket.Receive(buffer, SocketFlags.None, out _) > 0)
            {
                Interlocked.Increment(ref _requests);
                if (_answer is null)
                {
                    return;
                }

                socket.Send(_answer, SocketFlags.None, out _);
                if (Encoding.ASCII.GetString(_answer).Contains("close", StringComparison.Ordinal))
                {
                    return;
                }
            }
        }
    }
}
