using System.Net.Http.Headers;
using System.Runtime.CompilerServices;
using Microsoft.Extensions.Primitives;

namespace GatewayMesh.Proxy.Forwarding;

/// <summary>
/// Fields such as <c>Content-Type</c> on a request without a body. The HTTP client keeps them with a content, and a content always has a length, so that a GET would gain
/// <c>Content-Length: 0</c>, which says that there is a body (RFC 9110 §8.6). The client's collection of request fields refuses them by their kind; a collection of a class
/// of our own takes every kind. So the entries move to such a collection, the field is added there, and the entries move back. A runtime that keeps the entries elsewhere
/// makes each call throw <see cref="MissingFieldException"/>; native builds resolve both members when they are compiled.
/// </summary>
internal static class ContentFields
{
    /// <summary>Adds a field to a request without content. A length is left out: there is nothing to measure.</summary>
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
