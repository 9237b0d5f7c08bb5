using GatewayMesh.Proxy.Messages;

namespace GatewayMesh.Proxy.Http1;

/// <summary>Reads a request line (RFC 9112 §3).</summary>
internal static class RequestLine
{
    /// <summary>Reads a line into a head.</summary>
    /// <param name="line">The line without CRLF.</param>
    /// <param name="start">Offset of the line in its head.</param>
    /// <param name="head">The head.</param>
    public static MessageFault Read(ReadOnlySpan<byte> line, int start, RequestHead head)
    {
        var method = line.IndexOf((byte)' ');
        if (method < 0)
        {
            return line.ContainsAnyExcept(Octets.Token) ? MessageFault.Method : MessageFault.RequestLine;
        }

        if (method == 0 || line[..method].ContainsAnyExcept(Octets.Token))
        {
            return MessageFault.Method;
        }

        var rest = line[(method + 1)..];
        var end = rest.LastIndexOf((byte)' ');
        if (end < 0)
        {
            return MessageFault.RequestLine; // HTTP/0.9, or a line without a target
        }

        var target = rest[..end];
        if (target.IsEmpty || target[0] == ' ' || target[^1] == ' ')
        {
            return MessageFault.RequestLine;
        }

        if (VersionOf(rest[(end + 1)..], out var version) is not MessageFault.None and var fault)
        {
            return fault;
        }

        head.Version = version;
        head.Receive(new ByteRange(start, method), new ByteRange(start + method + 1, end));
        return line[..method].SequenceEqual("CONNECT"u8) ? MessageFault.Connect : ReadTarget(line[..method], target, head);
    }

    /// <summary>Reads a version. A minor version above 1 is 1 (RFC 9110 §2.5).</summary>
    public static MessageFault VersionOf(ReadOnlySpan<byte> word, out MessageVersion version)
    {
        version = MessageVersion.Http11;
        if (word.SequenceEqual("HTTP/1.1"u8))
        {
            return MessageFault.None;
        }

        if (word.Length != 8 || !word.StartsWith("HTTP/"u8) || !IsDigit(word[5]) || word[6] != '.' || !IsDigit(word[7]))
        {
            return MessageFault.Version;
        }

        version = word[7] == '0' ? MessageVersion.Http10 : MessageVersion.Http11;
        return word[5] == '1' ? MessageFault.None : MessageFault.VersionNotSupported;
    }

    private static MessageFault ReadTarget(ReadOnlySpan<byte> method, ReadOnlySpan<byte> target, RequestHead head)
    {
        if (target.ContainsAnyExceptInRange((byte)'!', (byte)'~') || target.Contains((byte)'#'))
        {
            return MessageFault.Target;
        }

        if (target[0] == '/')
        {
            head.Form = TargetForm.Origin;
            return MessageFault.None;
        }

        if (target is [(byte)'*'])
        {
            head.Form = TargetForm.Asterisk;
            return method.SequenceEqual("OPTIONS"u8) ? MessageFault.None : MessageFault.Target;
        }

        head.Form = TargetForm.Absolute;
        var scheme = StartsWith(target, "http://"u8) ? 7 : StartsWith(target, "https://"u8) ? 8 : 0;
        var authority = target[scheme..];
        var end = authority.IndexOfAny((byte)'/', (byte)'?');
        return scheme > 0 && AuthoritySyntax.IsValid(end < 0 ? authority : authority[..end]) ? MessageFault.None : MessageFault.Target;
    }

    private static bool StartsWith(ReadOnlySpan<byte> target, ReadOnlySpan<byte> scheme) =>
        target.Length >= scheme.Length && Octets.Is(target[..scheme.Length], scheme);

    private static bool IsDigit(byte b) => b is >= (byte)'0' and <= (byte)'9';
}
