using System.Buffers;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace GatewayMesh.Admin.Http;

/// <summary>One exchange on the admin address: read a request, find its route, respond, close.</summary>
public sealed class AdminExchange(
    IReadOnlyDictionary<(string Method, string Path), AdminHandler> routes, AdminToken token, TimeSpan limit)
{
    private const int MaxHead = 8 * 1024;
    private const int MaxBody = 64 * 1024;
    private static readonly TimeSpan Linger = TimeSpan.FromMilliseconds(250);

    /// <summary>Serves <paramref name="connection"/>. Never throws because of a peer.</summary>
    public void Run(AdminConnection connection)
    {
        try
        {
            var socket = new TimedSocket(connection.Socket, limit);
            var isHead = false;
            Write(socket, Answer(socket, connection, ref isHead, out var extra), extra, isHead);
            Close(connection.Socket);
        }
        catch (Exception e) when (e is SocketException or TimeoutException or ObjectDisposedException)
        {
            // The peer is gone or too slow to receive an error.
        }
    }

    private AdminResponse Answer(TimedSocket socket, AdminConnection connection, ref bool isHead, out string? extra)
    {
        extra = null;
        var buffer = ArrayPool<byte>.Shared.Rent(MaxHead);
        try
        {
            var (received, length) = ReadHead(socket, buffer);
            if (length < 0)
            {
                return received < MaxHead
                    ? AdminResponse.OfError(400, "malformed", "The request ends within its head.")
                    : AdminResponse.OfError(431, "head_too_large", "The request's head is larger than 8 KiB.");
            }

            if (AdminHead.Parse(buffer.AsSpan(0, length)) is not { } head || head.Second is not ['/', ..] || head.Host is null)
            {
                return AdminResponse.OfError(
                    400, "malformed", "Not an HTTP/1.1 request with a path and a Host, or the request has a transfer coding.");
            }

            isHead = head.First == "HEAD";
            if (Refuse(head, connection.Socket.LocalEndPoint, ref extra) is { } refusal)
            {
                return refusal;
            }

            if (head.ContentLength > MaxBody)
            {
                return AdminResponse.OfError(413, "body_too_large", "The request's body is larger than 64 KiB.");
            }

            return TryReadBody(socket, head, buffer.AsSpan(length..received), out var body)
                ? Handle(connection, head, body, out extra)
                : AdminResponse.OfError(400, "malformed", "The request ends within its body.");
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    private static (int Received, int Length) ReadHead(TimedSocket socket, byte[] buffer)
    {
        var received = 0;
        while (received < MaxHead)
        {
            var count = socket.Receive(buffer.AsSpan(received..MaxHead));
            received += count;
            var length = AdminHead.LengthIn(buffer.AsSpan(0, received));
            if (count == 0 || length >= 0)
            {
                return (received, length);
            }
        }

        return (received, -1);
    }

    private static bool TryReadBody(TimedSocket socket, AdminHead head, ReadOnlySpan<byte> begun, out byte[] body)
    {
        body = head.ContentLength is > 0 ? new byte[head.ContentLength.Value] : [];
        var filled = Math.Min(begun.Length, body.Length);
        begun[..filled].CopyTo(body);
        if (head.ExpectsContinue && filled < body.Length)
        {
            socket.Send("HTTP/1.1 100 Continue\r\n\r\n"u8);
        }

        while (filled < body.Length)
        {
            var count = socket.Receive(body.AsSpan(filled));
            if (count == 0)
            {
                return false;
            }

            filled += count;
        }

        return true;
    }

    // A page in a browser of this host can reach loopback. Its script may POST here (the browser then sends Origin and Sec-Fetch-Site), or
    // use a
    // name that it owns and resolves to this address (the browser then sends that name in Host: DNS rebinding). A registry record can lead
    // a
    // proxy of the mesh here, which then sends Via. None of them is an operator.
    private AdminResponse? Refuse(AdminHead head, EndPoint? local, ref string? challenge)
    {
        if (head.CameThrough is { } field)
        {
            return AdminResponse.OfError(403, "forwarded", $"Requests through a proxy are refused ({field}); call this address directly.");
        }

        if ((head.Origin is not null || head.FetchSite is not (null or "none" or "same-origin")) && head.First is not ("GET" or "HEAD"))
        {
            return AdminResponse.OfError(403, "cross_origin", "Requests from web pages are refused.");
        }

        var isNear = local is not IPEndPoint { Address: var address } || IsLoopback(address);
        if (local is IPEndPoint own && !token.IsRequired && !IsLocalName(head.Host!, own.Address))
        {
            return AdminResponse.OfError(403, "host", "Host must be localhost, a loopback address or the address of this listener.");
        }

        if (!token.IsRequired)
        {
            // The address was on loopback at the start, or there would be a token. Whatever has changed since, remote peers are refused.
            return isNear
                ? null
                : AdminResponse.OfError(403, "no_token", "Off loopback this address requires a token: set adminTokenFile.");
        }

        if (token.Accepts(head.Authorization))
        {
            return null;
        }

        challenge = "WWW-Authenticate: Bearer realm=\"gatewaymesh\"\r\n";
        return AdminResponse.OfError(
            401,
            "unauthorized",
            "Send the admin token: Authorization: Bearer TOKEN (--admin-token-file FILE, or GATEWAYMESH_ADMIN_TOKEN).");
    }

    private static bool IsLoopback(IPAddress address) => IPAddress.IsLoopback(address.IsIPv4MappedToIPv6 ? address.MapToIPv4() : address);

    private static bool IsLocalName(string host, IPAddress own)
    {
        var colon = host.LastIndexOf(':');
        var name = colon > 0 && host.AsSpan(colon + 1) is not "" && !host.AsSpan(colon + 1).ContainsAnyExceptInRange('0', '9')
            ? host[..colon]
            : host;
        return name.Equals("localhost", StringComparison.OrdinalIgnoreCase)
            || ((name is ['[', .. var v6, ']']
                ? IPAddress.TryParse(v6, out var address)
                : IPAddress.TryParse(name.Contains(':') ? "" : name, out address))
                && (IsLoopback(address) || address.Equals(own)));
    }

    private AdminResponse Handle(AdminConnection connection, AdminHead head, byte[] body, out string? extra)
    {
        extra = null;
        var question = head.Second.IndexOf('?');
        var path = question < 0 ? head.Second : head.Second[..question];
        var method = head.First == "HEAD" ? "GET" : head.First;
        if (!routes.TryGetValue((method, path), out var handler))
        {
            var methods = routes.Keys.Where(key => key.Path == path).Select(key => key.Method == "GET" ? "GET, HEAD" : key.Method);
            var allow = string.Join(", ", methods.Order(StringComparer.Ordinal));
            extra = allow.Length == 0 ? null : $"Allow: {allow}\r\n";
            return allow.Length == 0
                ? AdminResponse.OfError(404, "not_found", "No such route.")
                : AdminResponse.OfError(405, "method_not_allowed", "Allowed: " + allow + ".");
        }

        connection.BeginHandling();
        try
        {
            return handler(new AdminRequest(method, path, question < 0 ? "" : head.Second[(question + 1)..], body)
            {
                Accept = head.Accept ?? "",
            });
        }
        catch (Exception e) when (e is not OutOfMemoryException)
        {
            return AdminResponse.OfError(500, "internal", e.GetType().Name + ": " + e.Message);
        }
        finally
        {
            connection.EndHandling();
        }
    }

    private static void Write(TimedSocket socket, AdminResponse response, string? extra, bool isHead)
    {
        var head = string.Create(
            CultureInfo.InvariantCulture,
            $"HTTP/1.1 {response.Status} {ReasonOf(response.Status)}\r\nContent-Type: {response.ContentType}\r\nContent-Length: "
                + $"{response.Body.Length}\r\n{extra}Cache-Control: no-store\r\nX-Content-Type-Options: nosniff\r\nConnection: "
                    + $"close\r\n\r\n");
        socket.Send(Encoding.Latin1.GetBytes(head));
        if (!isHead)
        {
            socket.Send(response.Body.Span);
        }
    }

    // Closing with unread bytes sends a reset that can overtake the response: shut down our side, then read the rest for a moment.
    private static void Close(Socket connection)
    {
        connection.Shutdown(SocketShutdown.Send);
        Span<byte> rest = stackalloc byte[1024];
        var socket = new TimedSocket(connection, Linger);
        while (socket.Receive(rest) > 0)
        {
        }
    }

    private static string ReasonOf(int status) => status switch
    {
        200 => "OK",
        202 => "Accepted",
        400 => "Bad Request",
        401 => "Unauthorized",
        403 => "Forbidden",
        404 => "Not Found",
        405 => "Method Not Allowed",
        409 => "Conflict",
        413 => "Content Too Large",
        431 => "Request Header Fields Too Large",
        500 => "Internal Server Error",
        503 => "Service Unavailable",
        504 => "Gateway Timeout",
        _ => "Status",
    };
}
