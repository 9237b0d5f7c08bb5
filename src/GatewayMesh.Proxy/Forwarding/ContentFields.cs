using System.Net.Http.Headers;
using System.Runtime.CompilerServices;
using Microsoft.Extensions.Primitives;

namespace GatewayMesh.Proxy.Forwarding;

/// <summary>
/// Sends content fields such as <c>Content-Type</c> on a request without a body. The HTTP client keeps such fields only with a
/// content, and a content always has a length, so a GET would gain <c>Content-Length: 0</c>, which announces a body (RFC 9110 §8.6). The
/// client's request header collection rejects content fields by kind; a subclass of our own accepts every kind. So the entries move to such
/// a collection, the field is added there, and the entries move back. On a runtime that stores the entries elsewhere, each call throws
/// <see cref="MissingFieldException"/>; native builds resolve both members at compile time.
/// </summary>
internal static class ContentFields
{
    /// <summary>Adds a field to a request without content. Skips <c>Content-Length</c>: there is no content to measure.</summary>
    public static void Add(HttpRequestHeaders target, string name, StringValues values)
    {
        if (name.Equals("Content-Length", StringComparison.OrdinalIgnoreCase))
        {
            return;
        }

        var every = new EveryKind();
        Move(target, every);
        every.TryAddWithoutValidation(name, (IEnumerable<string>)values);
        Move(every, target);
    }

    private static void Move(HttpHeaders from, HttpHeaders to)
    {
        Entries(to) = Entries(from);
        Count(to) = Count(from);
    }

    [UnsafeAccessor(UnsafeAccessorKind.Field, Name = "_headerStore")]
    private static extern ref object? Entries(HttpHeaders headers);

    [UnsafeAccessor(UnsafeAccessorKind.Field, Name = "_count")]
    private static extern ref int Count(HttpHeaders headers);

    // The public constructor of the base class allows every kind of field.
    private sealed class EveryKind : HttpHeaders;
}
