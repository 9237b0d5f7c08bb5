using System.Text;
using Microsoft.Extensions.Primitives;

namespace GatewayMesh.Proxy.Errors;

/// <summary>The <c>Proxy-Status</c> field (RFC 9209): writes our own member and reads a mesh peer's.</summary>
public static class ProxyStatus
{
    /// <summary>Name of the field.</summary>
    public const string FieldName = "Proxy-Status";

    /// <summary>Name of our member.</summary>
    public const string Member = "gatewaymesh";

    /// <summary>Maximum length of the details in characters, which keeps the response head small.</summary>
    public const int MaxDetails = 200;

    /// <summary>
    /// Parameter with the reason of the error, an extension of RFC 9209: several reasons have the same error type.
    /// </summary>
    public const string Reason = "reason";

    /// <summary>
    /// Returns our member for <paramref name="error"/>: <c>gatewaymesh; error=…; forwarded=?0; reason=…; details="…"</c>.
    /// </summary>
    public static string Format(in MeshError error)
    {
        var text = new StringBuilder(96)
            .Append(Member).Append("; error=").Append(error.Row.ProxyError)
            .Append("; forwarded=").Append(error.Forwarded ? "?1" : "?0")
            .Append("; ").Append(Reason).Append('=').Append(error.Row.Reason);
        if (!string.IsNullOrEmpty(error.Details))
        {
            AppendString(text.Append("; details="), error.Details);
        }

        return text.ToString();
    }

    /// <summary>
    /// True if <paramref name="field"/> contains one of our members with an error: the mesh sent the response, not an application. Such
    /// members must be removed beforehand from a response that comes directly from an application. A replay is permitted only if each of
    /// our members has an explicit <c>forwarded=?0</c>. A field that is not a valid list (RFC 8941) does not count as a mesh response.
    /// </summary>
    public static bool TryRead(StringValues field, out MeshError error)
    {
        error = MeshError.None;
        var forwarded = false;
        string? type = null;
        string? reason = null;
        foreach (var line in field)
        {
            var reader = new ProxyStatusReader(line);
            while (reader.TryReadMember(out var member))
            {
                if (member.Name == Member)
                {
                    (type, reason) = member.Error is null ? (type, reason) : (member.Error, member.Reason);
                    forwarded |= member.Forwarded ?? true;
                }
            }

            if (!reader.AtEnd)
            {
                return false;
            }
        }

        if (type is null)
        {
            return false;
        }

        var kind = ErrorTable.KindOf(type);
        var named = ErrorTable.Named(reason, type);
        error = new MeshError(kind, forwarded) { Named = named == kind ? MeshErrorKind.None : named };
        return true;
    }

    // RFC 8941 §3.3.3: printable ASCII in quotes, with \" and \\; other characters become question marks.
    private static void AppendString(StringBuilder to, string value)
    {
        to.Append('"');
        foreach (var c in value.AsSpan(0, Math.Min(value.Length, MaxDetails)))
        {
            _ = c switch
            {
                '"' or '\\' => to.Append('\\').Append(c),
                >= ' ' and <= '~' => to.Append(c),
                _ => to.Append('?'),
            };
        }

        to.Append('"');
    }
}
