using System.Globalization;
using System.Text;

namespace GatewayMesh.Proxy.Grpc;

/// <summary>
/// Encoding of <c>grpc-message</c>: UTF-8, with percent signs and unprintable or non-ASCII bytes as <c>%XX</c> (gRPC over HTTP/2,
/// "Responses").
/// </summary>
internal static class GrpcMessage
{
    /// <summary>Returns the field value.</summary>
    public static string Encode(string message)
    {
        if (!message.AsSpan().ContainsAnyExceptInRange(' ', '~') && !message.Contains('%', StringComparison.Ordinal))
        {
            return message;
        }

        var text = new StringBuilder(message.Length + 16);
        foreach (var b in Encoding.UTF8.GetBytes(message))
        {
            if (b is >= (byte)' ' and <= (byte)'~' and not (byte)'%')
            {
                text.Append((char)b);
            }
            else
            {
                text.Append(CultureInfo.InvariantCulture, $"%{b:X2}");
            }
        }

        return text.ToString();
    }
}
