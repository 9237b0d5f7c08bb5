using System.Buffers.Text;

namespace GatewayMesh.Proxy.Http1;

/// <summary>Parameter <c>timeout</c> of the <c>Keep-Alive</c> field: seconds after which the sender closes an idle connection.</summary>
internal static class KeepAliveTimeout
{
    private const int MaxSeconds = 24 * 60 * 60;

    /// <summary>Returns the timeout, at most a day; null if there is none or it is malformed.</summary>
    public static TimeSpan? Read(ReadOnlySpan<byte> value)
    {
        while (!value.IsEmpty)
        {
            var parameter = Octets.TakeMember(ref value);
            var equals = parameter.IndexOf((byte)'=');
            if (equals < 0 || !Octets.Is(Octets.Trim(parameter[..equals]), "timeout"u8))
            {
                continue;
            }

            var digits = Octets.Trim(parameter[(equals + 1)..]).Trim((byte)'"');
            return Utf8Parser.TryParse(digits, out uint seconds, out var length) && length == digits.Length
                ? TimeSpan.FromSeconds(Math.Min(seconds, MaxSeconds))
                : null;
        }

        return null;
    }
}
