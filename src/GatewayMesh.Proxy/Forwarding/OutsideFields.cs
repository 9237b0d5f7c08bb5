using System.Numerics;
using GatewayMesh.Proxy.Edge;
using GatewayMesh.Proxy.Errors;
using GatewayMesh.Proxy.Resilience;
using GatewayMesh.Proxy.Messages;

namespace GatewayMesh.Proxy.Forwarding;

/// <summary>
/// Rules for proxy fields about callers and for the mesh's own fields: which fields are trusted, and from which sender. Applications that
/// read fields as variables do not distinguish <c>_</c> from <c>-</c>, so both are treated alike here.
/// <code>
///                                          from outside   trusted proxy   application, other peers   the ingress, as a peer
/// gatewaymesh-*                            dropped        dropped         by MeshHeadersStep         by MeshHeadersStep
/// X-Forwarded-Client-Cert, Proxy-Status    dropped        dropped         dropped                    kept
/// Client-Cert, Client-Cert-Chain           dropped        dropped         dropped                    kept (RFC 9440; never set here)
/// X-Real-IP                                dropped        kept            dropped                    kept
/// X-Forwarded-For, Forwarded               dropped, set   extended        extended                   extended
/// other X-Forwarded-*                      dropped, set   kept            kept                       kept
/// the same with _                          dropped        kept            dropped                    kept
/// </code>
/// </summary>
internal static class OutsideFields
{
    private const string AnyForwarded = "X-Forwarded-";
    private const string RealAddress = "X-Real-IP";
    private const string Certificate = "Client-Cert"; // RFC 9440 §2
    private const string CertificateChain = "Client-Cert-Chain";

    /// <summary>Removes untrusted fields from a request.</summary>
    /// <param name="fields">Fields of the request.</param>
    /// <param name="fromTrustedProxy">True keeps a trusted proxy's fields about its callers, except the client certificate.</param>
    public static void Remove(FieldTable fields, bool fromTrustedProxy) =>
        fields.RemoveWhere(fromTrustedProxy ? IsNever : static field => IsNever(field) || IsOfProxies(field));

    /// <summary>
    /// True if only the ingress may forward the field: an application or any other peer would impersonate the edge of the mesh.
    /// Fields that our own hop can extend are not included (<see cref="ForwardedFor"/>).
    /// </summary>
    /// <param name="name">Name of a request field.</param>
    public static bool IsForged(string name) => IsForged(name.AsSpan());

    /// <inheritdoc cref="IsForged(string)"/>
    public static bool IsForged(FieldLine field) => field.IsReceived ? IsForged(field.NameBytes) : IsForged(field.Name.AsSpan());

    private static bool IsForged<T>(ReadOnlySpan<T> name)
        where T : unmanaged, IBinaryInteger<T> =>
        First(name) is 'x' or 'X' or 'p' or 'P' or 'c' or 'C'
        && (Is(name, ClientCertificateField.Name)
            || Is(name, Certificate)
            || Is(name, CertificateChain)
            || Is(name, RealAddress)
            || Is(name, ProxyStatus.FieldName)
            || (Begins(name, AnyForwarded) && name.Contains(T.CreateTruncating('_'))));

    /// <summary>
    /// True for every field of the table. A trailer is none of them, whoever sends it: servers merge trailers into the head.
    /// </summary>
    public static bool IsAboutClients(FieldLine field) => IsNever(field) || IsOfProxies(field);

    private static bool IsNever(FieldLine field) =>
        field.IsReceived ? IsNever(field.NameBytes) : IsNever(field.Name.AsSpan());

    private static bool IsOfProxies(FieldLine field) =>
        field.IsReceived ? IsOfProxies(field.NameBytes) : IsOfProxies(field.Name.AsSpan());

    private static bool IsNever<T>(ReadOnlySpan<T> name)
        where T : unmanaged, IBinaryInteger<T> =>
        First(name) is 'x' or 'X' or 'p' or 'P' or 'g' or 'G' or 'c' or 'C'
        && (Begins(name, MeshHeaders.Prefix)
            || Is(name, ClientCertificateField.Name)
            || Is(name, Certificate)
            || Is(name, CertificateChain)
            || Is(name, ProxyStatus.FieldName));

    private static bool IsOfProxies<T>(ReadOnlySpan<T> name)
        where T : unmanaged, IBinaryInteger<T> =>
        First(name) is 'x' or 'X' or 'f' or 'F'
        && (Begins(name, AnyForwarded) || Is(name, ForwardedFor.Standard) || Is(name, RealAddress));

    private static bool Is<T>(ReadOnlySpan<T> name, string expected)
        where T : unmanaged, IBinaryInteger<T> =>
        name.Length == expected.Length && Begins(name, expected);

    private static char First<T>(ReadOnlySpan<T> name)
        where T : unmanaged, IBinaryInteger<T> =>
        (char)ushort.CreateTruncating(name[0]);

    private static bool Begins<T>(ReadOnlySpan<T> name, string expected)
        where T : unmanaged, IBinaryInteger<T>
    {
        if (name.Length < expected.Length)
        {
            return false;
        }

        for (var i = 0; i < expected.Length; i++)
        {
            var c = char.ToLowerInvariant((char)ushort.CreateTruncating(name[i]));
            if ((c == '_' ? '-' : c) != char.ToLowerInvariant(expected[i]))
            {
                return false;
            }
        }

        return true;
    }
}
