using System.Buffers;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace GatewayMesh.Admin.Http;

/// <summary>A small synchronous HTTP/1.1 client for admin addresses, over TCP or a Unix socket. Never uses the thread pool.</summary>
public static class AdminClient
{
    /// <summary>Maximum response length: 64 MiB.</summary>
    public const int MaxAnswer = 64 * 1024 * 1024;

    /// <summary>Sends a request and reads the response.</summary>
    /// <param name="to">Address: an <see cref="IPEndPoint"/>, <see cref="DnsEndPoint"/> or <see cref="UnixDomainSocketEndPoint"/>.</param>
    /// <param name="method">Method.</param>
    /// <param name="path">Path and query.</param>
    /// <param name="body">Body, or empty.</param>
    /// <param name="timeout">Total time limit. Default: 5 s.</param>
    /// <param name="token">Bearer token. Default: none.</param>
    /// <exception cref="IOException">No response: refused, too slow, or not HTTP. The message contains the cause.</exception>
    public static AdminResponse Send(
        EndPoint to, string method, string path, ReadOnlyMemory<byte> body = default, TimeSpan? timeout = null, string? token = null)
    {
        try
        {
            var address = to is DnsEndPoint name ? new IPEndPoint(Dns.GetHostAddresses(name.Host)[0], name.Port) : to;
            var isUnix = address is UnixDomainSocketEndPoint;
            using var socket = new Socket(address.AddressFamily, SocketType.Stream, isUnix ? ProtocolType.Unspecified : ProtocolType.Tcp);
            var timed = new TimedSocket(socket, timeout ?? TimeSpan.FromSeconds(5));
            timed.Connect(address);
            var host = isUnix ? "localhost" : address.ToString();
            timed.Send(Encoding.Latin1.GetBytes(string.Create(
                CultureInfo.InvariantCulture,
                $"{method} {path} HTTP/1.1\r\nHost: "
                    + $"{host}\r\n{(token is null ? "" : $"Authorization: Bearer {token}\r\n")}Content-Length: "
                        + $"{body.Length}\r\nConnection: close\r\n\r\n")));
            timed.Send(body.Span);
            return Read(timed, method == "HEAD");
        }
        catch (Exception e) when (e is SocketException or TimeoutException)
        {
            throw new IOException($"{method} {path} at {to}: {e.Message}", e);
        }
    }

    /// <summary>Sends a request and returns null instead of throwing when there is no response.</summary>
    public static AdminResponse? TrySend(
        EndPoint to, string method, string path, ReadOnlyMemory<byte> body = default, TimeSpan? timeout = null)
    {
        try
        {
            return Send(to, method, path, body, timeout);
        }
        catch (IOException)
        {
            return null;
        }
    }

    private static AdminResponse Read(TimedSocket socket, bool isHead)
    {
        var answer = new ArrayBufferWriter<byte>(4096);
        while (true)
        {
            var count = socket.Receive(answer.GetSpan(1024));
            answer.Advance(count);
            var length = AdminHead.LengthIn(answer.WrittenSpan);
            if (length >= 0)
            {
                var head = AdminHead.Parse(answer.WrittenSpan[..length]);
                if (head is null || !int.TryParse(head.Second, NumberStyles.None, CultureInfo.InvariantCulture, out var status))
                {
                    throw new IOException("The response is not HTTP/1.1.");
                }

                var body = isHead ? ReadOnlyMemory<byte>.Empty : ReadBody(socket, answer, length, head.ContentLength);
                return new AdminResponse(status, head.ContentType ?? "", body);
            }

            if (count == 0 || answer.WrittenCount > 64 * 1024)
            {
                throw new IOException("The response ends within its head.");
            }
        }
    }

    private static ReadOnlyMemory<byte> ReadBody(TimedSocket socket, ArrayBufferWriter<byte> answer, int begin, int? length)
    {
        while (length is null || answer.WrittenCount < begin + length)
        {
            var count = socket.Receive(answer.GetSpan(4096));
            if (count == 0)
            {
                return length is null ? answer.WrittenMemory[begin..] : throw new IOException("The response ends within its body.");
            }

            answer.Advance(count);
            if (answer.WrittenCount > MaxAnswer)
            {
                throw new IOException("The response is larger than 64 MiB.");
            }
        }

        return answer.WrittenMemory.Slice(begin, length.Value);
    }
}
