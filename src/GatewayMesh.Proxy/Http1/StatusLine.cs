using GatewayMesh.Proxy.Messages;

namespace GatewayMesh.Proxy.Http1;

/// <summary>Reads a status line (RFC 9112 §4).</summary>
internal static class StatusLine
{
    private const int VersionLength = 8;
    private const int ReasonStart = 13;
    private const int MinStatus = 100;
    private const int MaxStatus = 599;

    /// <summary>Reads a line into a head.</summary>
    /// <param name="line">The line without CRLF.</param>
    /// <param name="start">Offset of the line in its head.</param>
    /// <param name="head">The head.</param>
    public static MessageFault Read(ReadOnlySpan<byte> line, int start, ResponseHead head)
    {
        // Many servers leave out the space before an empty reason.
        if (line.Length < ReasonStart - 1
            || line[VersionLength] != ' '
            || (line.Length >= ReasonStart && line[ReasonStart - 1] != ' ')
            || RequestLine.VersionOf(line[..VersionLength], out var version) != MessageFault.None)
        {
            return MessageFault.StatusLine;
        }

        var status = 0;
        foreach (var digit in line[(VersionLength + 1)..(ReasonStart - 1)])
        {
            if (digit is < (byte)'0' or > (byte)'9')
            {
                return MessageFault.StatusLine;
            }

            status = (status * 10) + digit - '0';
        }

        head.Version = version;
        head.Status = status;
        head.Receive(new ByteRange(start + Math.Min(ReasonStart, line.Length), Math.Max(0, line.Length - ReasonStart)));
        return status is >= MinStatus and <= MaxStatus ? MessageFault.None : MessageFault.Status;
    }
}
