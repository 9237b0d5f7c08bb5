using System.Diagnostics.CodeAnalysis;
using System.Net.Http.Headers;
using System.Reflection;
using Microsoft.Extensions.Primitives;

namespace GatewayMesh.Proxy.Forwarding;

/// <summary>
/// Fields such as <c>Content-Type</c> on a request without a body. The HTTP client keeps them with a content, and a content always has a length, so that a GET would gain
/// <c>Content-Length: 0</c>, which says that there is a body (RFC 9110 §8.6). Here they are put among the request's other fields, which the client refuses
/// by the kinds that a collection allows; the one field that holds those kinds is set for this request.
/// </summary>
internal static class ContentFields
{
    private const string Allowed = "_allowedHeaderTypes";

    private static readonly FieldInfo Kinds = FindKinds();
    private static readonly object All = Enum.ToObject(Kinds.FieldType, byte.MaxValue);

    /// <summary>Adds a field to a request without content. A length is left out: there is nothing to measure.</summary>
    public static void Add(HttpRequestHeaders target, string name, StringValues values)
    {
        if (name.Equals("Content-Length", StringComparison.OrdinalIgnoreCase))
        {
            return;
        }

        Kinds.SetValue(target, All);
        target.TryAddWithoutValidation(name, (IEnumerable<string>)values);
    }

    [DynamicDependency(Allowed, typeof(HttpHeaders))]
    private static FieldInfo FindKinds() =>
        typeof(HttpHeaders).GetField(Allowed, BindingFlags.Instance | BindingFlags.NonPublic)
        ?? throw new InvalidOperationException("This runtime keeps the kinds of fields elsewhere: adapt ContentFields to it.");
}
