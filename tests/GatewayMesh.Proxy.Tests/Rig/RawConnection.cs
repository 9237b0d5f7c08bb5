using System.Globalization;
using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;
using System.Text;

namespace GatewayMesh.Proxy.Tests.Rig;

/// <summary>
/// One TCP connection at the byte level, from either side. Every wait ends after <see cref="Patience"/>, so a test fails rather than hangs.
/// </summary>
internal sealed class RawConnection : IDisposable
{
    public static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    private readonly Socket _socket;
    private readonly List<byte> _read = [];
    private readonly Stream? _stream;

    public RawConnection(Socket socket, Stream? stream = null)
    {
        _socket = socket;
        _socket.NoDelay = true;
        _stream = stream;
    }

    public Socket Socket => _socket;

    /// <summary>TLS stream of the connection, or null.</summary>
    public SslStream? Tls => _stream as SslStream;

    /// <summary>Connects with a TLS handshake. Default: any certificate is accepted, and no ALPN.</summary>
    /// <exception cref="AuthenticationException">The server refused.</exception>
    public static async Task<RawConnection> ToTls(
        IPEndPoint address, string host = "localhost", Action<SslClientAuthenticationOptions>? with = null, byte[]? before = null)
    {
        var plain = await To(address);
        if (before is not null)
        {
            await plain.Send(before);
        }

        var tls = new SslStream(new NetworkStream(plain.Socket, ownsSocket: false));
        var options = new SslClientAuthenticationOptions
        {
            TargetHost = host,
            RemoteCertificateValidationCallback = static (_, certificate, _, _) => certificate is not null,
        };
        with?.Invoke(options);
        using var patience = new CancellationTokenSource(Patience);
        try
        {
            await tls.AuthenticateAsClientAsync(options, patience.Token);
            return new RawConnection(plain.Socket, tls);
        }
        catch
        {
            plain.Dispose();
            throw;
        }
    }

    public static async Task<RawConnection> To(IPEndPoint address)
    {
        var socket = new Socket(address.AddressFamily, SocketType.Stream, ProtocolType.Tcp);
        using var patience = new CancellationTokenSource(Patience);
        await socket.ConnectAsync(address, patience.Token);
        return new RawConnection(socket);
    }

    public Task Send(string text) => Send(Encoding.Latin1.GetBytes(text));

    public async Task Send(ReadOnlyMemory<byte> bytes)
    {
        using var patience = new CancellationTokenSource(Patience);
        if (_stream is not null)
        {
            await _stream.WriteAsync(bytes, patience.Token);
            return;
        }

        await _socket.SendAsync(bytes, patience.Token);
    }

    /// <summary>Sends a request and reads the response.</summary>
    public async Task<RawMessage> Ask(string request, bool head = false)
    {
        await Send(request);
        return await ReadMessage(isResponse: true, noBody: head);
    }

    /// <summary>Reads one head and its body; throws <see cref="EndOfStreamException"/> if the peer ends the message early.</summary>
    public async Task<RawMessage> ReadMessage(bool isResponse, bool noBody = false)
    {
        var head = await ReadHead();
        var message = new RawMessage(head);
        if (noBody || (isResponse && message.Status is (>= 100 and < 200) or 204 or 304))
        {
            return message;
        }

        if (message.Values("Transfer-Encoding").Any(value => value.Contains("chunked", StringComparison.OrdinalIgnoreCase)))
        {
            await ReadChunksInto(message);
        }
        else if (message["Content-Length"] is { } length)
        {
            message.Body = Encoding.Latin1.GetString(await ReadBytes(int.Parse(length, CultureInfo.InvariantCulture)));
        }
        else if (isResponse)
        {
            message.Body = await ReadToEnd();
        }

        return message;
    }

    /// <summary>Reads up to and including the empty line.</summary>
    public async Task<string> ReadHead()
    {
        while (true)
        {
            var text = Encoding.Latin1.GetString([.. _read]);
            var end = text.IndexOf("\r\n\r\n", StringComparison.Ordinal);
            if (end >= 0)
            {
                _read.RemoveRange(0, end + 4);
                return text[..(end + 4)];
            }

            await Fill();
        }
    }

    public async Task<string> ReadLine()
    {
        while (true)
        {
            var end = _read.IndexOf((byte)'\n');
            if (end >= 0)
            {
                var line = Encoding.Latin1.GetString([.. _read.Take(end)]).TrimEnd('\r');
                _read.RemoveRange(0, end + 1);
                return line;
            }

            await Fill();
        }
    }

    public async Task<byte[]> ReadBytes(int count)
    {
        while (_read.Count < count)
        {
            await Fill();
        }

        byte[] bytes = [.. _read.Take(count)];
        _read.RemoveRange(0, count);
        return bytes;
    }

    public async Task<string> ReadToEnd()
    {
        try
        {
            while (true)
            {
                await Fill();
            }
        }
        catch (EndOfStreamException)
        {
            var text = Encoding.Latin1.GetString([.. _read]);
            _read.Clear();
            return text;
        }
    }

    /// <summary>Discards bytes read beyond the last message; returns their number.</summary>
    public int TakeRest()
    {
        var count = _read.Count;
        _read.Clear();
        return count;
    }

    /// <summary>Waits until the peer has ended the connection, cleanly or by a reset.</summary>
    public async Task<bool> IsEnded()
    {
        try
        {
            while (true)
            {
                await Fill();
            }
        }
        catch (EndOfStreamException)
        {
            return true;
        }
        catch (SocketException error) when (error.SocketErrorCode == SocketError.ConnectionReset)
        {
            return true;
        }
        catch (IOException error) when (error.InnerException is SocketException { SocketErrorCode: SocketError.ConnectionReset })
        {
            return true;
        }
    }

    /// <summary>Closes with a reset instead of a FIN.</summary>
    public void Reset()
    {
        _socket.LingerState = new LingerOption(true, 0);
        _socket.Close();
    }

    public void Dispose() => _socket.Dispose();

    public async Task ReadChunksInto(RawMessage message)
    {
        var body = new StringBuilder();
        while (true)
        {
            var size = int.Parse((await ReadLine()).Split(';')[0], NumberStyles.HexNumber, CultureInfo.InvariantCulture);
            if (size == 0)
            {
                break;
            }

            body.Append(Encoding.Latin1.GetString(await ReadBytes(size)));
            await ReadLine();
        }

        message.Body = body.ToString();
        while (await ReadLine() is { Length: > 0 } trailer)
        {
            message.Trailers.Add(trailer);
        }
    }

    private async Task Fill()
    {
        var buffer = new byte[64 * 1024];
        using var patience = new CancellationTokenSource(Patience);
        var count = _stream is null ? await _socket.ReceiveAsync(buffer, patience.Token) : await _stream.ReadAsync(buffer, patience.Token);
        if (count == 0)
        {
            throw new EndOfStreamException("The peer ended the connection.");
        }

        _read.AddRange(buffer.AsSpan(0, count));
    }
}
