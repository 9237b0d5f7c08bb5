using System.Buffers.Text;
using System.Globalization;
using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;
using System.Security.Cryptography;
using System.Text;
using GatewayMesh.Registry.Consul.Agents;

namespace GatewayMesh.Registry.Consul.Vouching;

/// <summary>
/// One kept-alive connection to one agent, used on the calling thread. The guard sends only a few short requests and has no memory for an
/// HTTP client and its threads.
/// </summary>
internal sealed class AgentLink(Uri address, ConsulToken token, ConsulTls tls) : IDisposable
{
    /// <summary>Timeout of each step (connect, send, receive): 2 s.</summary>
    public static TimeSpan Patience { get; } = TimeSpan.FromSeconds(2);

    // Consul's answers on these paths are shorter.
    private const int BufferBytes = 4096;

    private const int MaxWholeBytes = 1024 * 1024;

    private readonly byte[] _buffer = new byte[BufferBytes];
    private Stream? _stream;

    /// <summary>The agent's name in messages.</summary>
    public string Name => address.Authority;

    /// <summary>Sends one request and reads its answer.</summary>
    /// <exception cref="IOException">No answer.</exception>
    public LinkAnswer Send(string method, string path, ReadOnlySpan<byte> body)
    {
        // The agent may have closed the connection between two requests, which only the next use reveals.
        var kept = _stream is not null;
        try
        {
            return SendOnce(method, path, body);
        }
        catch (Exception failure) when (IsOfTheAgent(failure))
        {
            Drop();
            if (!kept || IsTimeout(failure))
            {
                throw new IOException($"{Name}: {failure.Message}", failure);
            }
        }

        try
        {
            return SendOnce(method, path, body);
        }
        catch (Exception failure) when (IsOfTheAgent(failure))
        {
            Drop();
            throw new IOException($"{Name}: {failure.Message}", failure);
        }
    }

    /// <summary>Reads an answer of up to 1 MiB on a connection of its own.</summary>
    /// <exception cref="IOException">No answer.</exception>
    public LinkAnswer GetWhole(string path)
    {
        try
        {
            Drop();
            _stream = Connect();

            // An HTTP/1.0 answer is not chunked and ends with the connection.
            _stream.Write(Encoding.Latin1.GetBytes($"GET {path} HTTP/1.0\r\nHost: {address.Authority}\r\n{TokenField()}\r\n"));
            using var answer = new MemoryStream();
            while (_stream.Read(_buffer) is > 0 and var count)
            {
                answer.Write(_buffer, 0, count);
                if (answer.Length > MaxWholeBytes)
                {
                    throw new IOException("the answer is larger than 1 MiB");
                }
            }

            var whole = answer.GetBuffer().AsSpan(0, (int)answer.Length);
            var end = whole.IndexOf("\r\n\r\n"u8);
            return end > 9 && whole.StartsWith("HTTP/1."u8) && Utf8Parser.TryParse(whole[9..end], out int status, out _)
                ? new LinkAnswer(status, Encoding.UTF8.GetString(whole[(end + 4)..]))
                : throw new IOException("the answer is not HTTP");
        }
        catch (Exception failure) when (IsOfTheAgent(failure))
        {
            throw new IOException($"{Name}: {failure.Message}", failure);
        }
        finally
        {
            Drop();
        }
    }

    /// <inheritdoc/>
    public void Dispose() => Drop();

    private LinkAnswer SendOnce(string method, string path, ReadOnlySpan<byte> body)
    {
        _stream ??= Connect();
        var head = string.Create(
            CultureInfo.InvariantCulture,
            $"{method} {path} HTTP/1.1\r\nHost: {address.Authority}\r\nContent-Length: {body.Length}\r\n{TokenField()}\r\n");

        // One write: Nagle and delayed acknowledgements would stall two small ones.
        var request = new byte[Encoding.Latin1.GetByteCount(head) + body.Length];
        body.CopyTo(request.AsSpan(Encoding.Latin1.GetBytes(head, request)));
        _stream.Write(request);
        return Read();
    }

    private string TokenField() => token.Current is { Length: > 0 } secret ? $"X-Consul-Token: {secret}\r\n" : "";

    private LinkAnswer Read()
    {
        var filled = 0;
        var end = -1;
        while (end < 0)
        {
            filled += ReadSome(filled);
            end = _buffer.AsSpan(0, filled).IndexOf("\r\n\r\n"u8);
        }

        var head = _buffer.AsSpan(0, end + 2);
        if (!head.StartsWith("HTTP/1.1 "u8) || !Utf8Parser.TryParse(head[9..], out int status, out _))
        {
            throw new IOException("the answer is not HTTP/1.1");
        }

        var begin = end + 4;
        if (LengthIn(head) is not { } length || length > BufferBytes - begin)
        {
            // Callers need only the beginning of a long answer, so the rest is not read.
            var seen = Encoding.UTF8.GetString(_buffer, begin, filled - begin);
            Drop();
            return new LinkAnswer(status, seen);
        }

        while (filled < begin + length)
        {
            filled += ReadSome(filled);
        }

        if (head.IndexOf("\r\nConnection: close"u8) >= 0)
        {
            Drop();
        }

        return new LinkAnswer(status, Encoding.UTF8.GetString(_buffer, begin, length));
    }

    private int ReadSome(int filled)
    {
        if (filled == BufferBytes)
        {
            throw new IOException("the head of the answer is too long");
        }

        return _stream!.Read(_buffer, filled, BufferBytes - filled) is > 0 and var count ? count
            : throw new IOException("the agent closed the connection");
    }

    // Consul always spells its field names the same way.
    private static int? LengthIn(ReadOnlySpan<byte> head)
    {
        var field = "\r\nContent-Length: "u8;
        var at = head.IndexOf(field);
        return at >= 0 && Utf8Parser.TryParse(head[(at + field.Length)..], out int length, out _) && length >= 0 ? length : null;
    }

    private Stream Connect()
    {
        var target = IPAddress.TryParse(address.DnsSafeHost, out var ip) ? ip : Dns.GetHostAddresses(address.DnsSafeHost)[0];
        var socket = new Socket(target.AddressFamily, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true, Blocking = false };
        try
        {
            ConnectInTime(socket, new IPEndPoint(target, address.Port));
            socket.Blocking = true;
            socket.SendTimeout = socket.ReceiveTimeout = (int)Patience.TotalMilliseconds;
            var stream = new NetworkStream(socket, ownsSocket: true);
            return address.Scheme == Uri.UriSchemeHttps ? Secure(stream) : stream;
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    private static void ConnectInTime(Socket socket, IPEndPoint target)
    {
        try
        {
            socket.Connect(target);
        }
        catch (SocketException failure) when (failure.SocketErrorCode is SocketError.WouldBlock or SocketError.InProgress)
        {
            if (!socket.Poll(Patience, SelectMode.SelectWrite))
            {
                throw new SocketException((int)SocketError.TimedOut);
            }

            var error = (SocketError)(int)socket.GetSocketOption(SocketOptionLevel.Socket, SocketOptionName.Error)!;
            if (error != SocketError.Success)
            {
                throw new SocketException((int)error);
            }
        }
    }

    private SslStream Secure(NetworkStream inner)
    {
        var secure = new SslStream(inner);
        try
        {
            var options = tls.Options();
            options.TargetHost = address.DnsSafeHost;
            secure.AuthenticateAsClient(options);
            return secure;
        }
        catch
        {
            secure.Dispose();
            throw;
        }
    }

    private void Drop()
    {
        _stream?.Dispose();
        _stream = null;
    }

    private static bool IsOfTheAgent(Exception failure) =>
        failure is IOException or SocketException or AuthenticationException or CryptographicException;

    private static bool IsTimeout(Exception failure) =>
        (failure as SocketException ?? failure.InnerException as SocketException)?.SocketErrorCode is SocketError.TimedOut
            or SocketError.WouldBlock;
}
