using System.Text;
using GatewayMesh.Configuration.Matching;
using GatewayMesh.Configuration.Policies.Jwt;
using GatewayMesh.Proxy.Messages;

namespace GatewayMesh.Proxy.Jwt;

/// <summary>Claims as header fields for the application (<c>jwt.forward</c>).</summary>
internal static class ClaimFields
{
    private const int MaxBytes = 4096;

    /// <summary>
    /// Removes the client's own fields of these names, also with <c>_</c> for <c>-</c>: only verified claims may stand there.
    /// </summary>
    public static void Remove(JwtModel jwt, FieldTable fields)
    {
        if (!jwt.Forward.IsEmpty)
        {
            fields.RemoveWhere(field => IsForged(jwt, field.Name));
        }
    }

    /// <summary>Writes the claims. A claim that is missing, an object, or longer than 4 KiB has no field.</summary>
    public static void Set(JwtModel jwt, VerifiedClaims claims, FieldTable fields)
    {
        foreach (var (name, claim) in jwt.Forward)
        {
            if (claims.Find(claim) is { } text && Encode(text, claims.IsList(claim)) is { Length: > 0 and <= MaxBytes } value)
            {
                fields.Set(name, value);
            }
        }
    }

    private static bool IsForged(JwtModel jwt, string name)
    {
        foreach (var field in jwt.Forward.Keys)
        {
            if (FieldLines.AreAlike(field, name))
            {
                return true;
            }
        }

        return false;
    }

    // Printable ASCII as it is, except % and blanks at the ends; other bytes of the UTF-8 form are percent-encoded. In a list, % is
    // encoded already.
    private static string Encode(string text, bool isList)
    {
        var isPlain = !text.AsSpan().ContainsAnyExceptInRange(' ', '~')
            && (isList || !text.Contains('%', StringComparison.Ordinal))
            && text.AsSpan().Trim(' ').Length == text.Length;
        if (isPlain || text.Length > MaxBytes)
        {
            return text;
        }

        var encoded = new StringBuilder(text.Length + 16);
        var bytes = Encoding.UTF8.GetBytes(text);
        for (var i = 0; i < bytes.Length; i++)
        {
            var isInside = i > 0 && i < bytes.Length - 1;
            _ = (bytes[i] is > (byte)' ' and <= (byte)'~' && (isList || bytes[i] != '%')) || (bytes[i] == ' ' && isInside)
                ? encoded.Append((char)bytes[i])
                : encoded.Append('%').Append(bytes[i].ToString("X2", System.Globalization.CultureInfo.InvariantCulture));
        }

        return encoded.ToString();
    }
}
