using System.Text;
using Microsoft.Extensions.Primitives;

namespace GatewayMesh.Proxy.Errors;

/// <summary>The <c>Proxy-Status</c> field (RFC 9209): our own member written, and the one of a mesh peer read.</summary>
public static class ProxyStatus
{
    /// <summary>Name of the field.</summary>
    public const string FieldName = "Proxy-Status";

    /// <summary>Name of our member.</summary>
    public const string Member = "gatewaymesh";

    /// <summary>Details are cut here, so that an answer's head stays small.</summary>
    public const int MaxDetails = 200;

    /// <summary>Our member for <paramref name="error"/>: <c>gatewaymesh; error=…; forwarded=?0; details="…"</c>.</summary>
    public static string Format(in MeshError error)
    {
        var text = new StringBuilder(96)
            .Append(Member).Append("; error=").Append(error.Row.ProxyError)
            .Append("; forwarded=").Append(error.Forwarded ? "?1" : "?0");
        if (!string.IsNullOrEmpty(error.Details))
        {
            AppendString(text.Append("; details="), error.Details);
        }

        return text.ToString();
    }

    /// <summary>
    /// True when <paramref name="field"/> holds a member of ours with an error: the answer was made by the mesh, not by an application.
    /// The field of an answer that comes straight from an application must have been stripped of it before.
    /// Only an explicit <c>forwarded=?0</c> of every member of ours permits a replay; a field that is not a valid list (RFC 8941) is no answer of the mesh.
    /// </summary>
    public static bool TryRead(StringValues field, out MeshError error)
    {
        error = MeshError.None;
        var forwarded = false;
        string? type = null;
        foreach (var line in field)
        {
            var reader = new ProxyStatusReader(line);
            while (reader.TryReadMember(out var member))
            {
                if (member.Name == Member)
                {
                    type = member.Error ?? type;
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

        error = new MeshError(ErrorTable.KindOf(type), forwarded);
        return true;
    }

    // RFC 8941 §3.3.3: printable ASCII in quotes, with \" and \\; anything else becomes a question mark.
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
