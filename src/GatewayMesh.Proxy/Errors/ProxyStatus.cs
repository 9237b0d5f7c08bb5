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
    /// A member without <c>forwarded</c> counts as forwarded: only an explicit <c>?0</c> permits a replay.
    /// </summary>
    public static bool TryRead(StringValues field, out MeshError error)
    {
        throw new NotImplementedException();
    }

    private static void AppendString(StringBuilder to, string value)
    {
        throw new NotImplementedException();
    }
}
