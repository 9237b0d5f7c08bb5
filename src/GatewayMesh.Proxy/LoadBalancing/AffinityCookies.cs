using System.Globalization;
using GatewayMesh.Configuration.Policies.LoadBalancing;

namespace GatewayMesh.Proxy.LoadBalancing;

/// <summary>
/// Cookies made for one request that lacked them. All have one random value, which decides the instance as if the client had sent it, in
/// each attempt.
/// </summary>
internal sealed class AffinityCookies(SplitMix random)
{
    private readonly List<(string Name, string Field)> _made = new(1);

    /// <summary>Value of the cookies: 16 hexadecimal digits.</summary>
    public string Value { get; } = random.Next().ToString("x16", CultureInfo.InvariantCulture);

    /// <summary>Number of cookies.</summary>
    public int Count => _made.Count;

    /// <summary>Returns the value of <c>Set-Cookie</c> for a cookie.</summary>
    public string this[int index] => _made[index].Field;

    /// <summary>Makes a cookie, once for each name. Written as Envoy writes it.</summary>
    /// <param name="name">Name of the cookie.</param>
    /// <param name="cookie">Lifetime and path.</param>
    public void Make(string name, HashCookie cookie)
    {
        foreach (var (known, _) in _made)
        {
            if (known.Equals(name, StringComparison.Ordinal))
            {
                return;
            }
        }

        var seconds = (long)cookie.Lifetime.TotalSeconds;
        var age = seconds > 0 ? string.Create(CultureInfo.InvariantCulture, $"; Max-Age={seconds}") : "";
        var path = cookie.Path.Length > 0 ? $"; Path={cookie.Path}" : "";
        _made.Add((name, $"{name}=\"{Value}\"{age}{path}; HttpOnly"));
    }
}
