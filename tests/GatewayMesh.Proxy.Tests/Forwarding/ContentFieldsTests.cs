using System.Globalization;
using GatewayMesh.Proxy.Forwarding;
using Microsoft.Extensions.Primitives;

namespace GatewayMesh.Proxy.Tests.Forwarding;

/// <summary>
/// Content fields on a request without content depend on two members of the runtime's collection; another runtime must fail here, not in
/// production.
/// </summary>
public class ContentFieldsTests
{
    [Test]
    public void This_test_fails_on_a_runtime_that_stores_fields_elsewhere()
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, "http://payments/");
        request.Headers.TryAddWithoutValidation("X-Before", "1");

        ContentFields.Add(request.Headers, "Content-Type", "text/plain");
        ContentFields.Add(request.Headers, "Content-Language", new StringValues(["de", "en"]));
        ContentFields.Add(request.Headers, "Content-Length", "0");
        request.Headers.TryAddWithoutValidation("X-After", "2");

        Assert.That(request.Headers.NonValidated.Select(field => $"{field.Key}: {field.Value}"), Is.EquivalentTo(
            new[] { "X-Before: 1", "Content-Type: text/plain", "Content-Language: de, en", "X-After: 2" }));
        Assert.That(request.Headers.NonValidated.Count, Is.EqualTo(4));
    }

    [Test]
    public void The_first_field_may_be_a_content_field()
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, "http://payments/");

        ContentFields.Add(request.Headers, "Content-Type", "text/plain");

        Assert.That(
            request.Headers.NonValidated.Select(field => $"{field.Key}: {field.Value}"), Is.EqualTo(new[] { "Content-Type: text/plain" }));
    }

    [Test]
    public void More_fields_than_the_runtimes_array_holds_stay_complete()
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, "http://payments/");
        for (var i = 0; i < 200; i++)
        {
            request.Headers.TryAddWithoutValidation(string.Create(CultureInfo.InvariantCulture, $"X-{i}"), "1");
            if (i % 50 == 0)
            {
                ContentFields.Add(request.Headers, "Content-Language", string.Create(CultureInfo.InvariantCulture, $"l{i}"));
            }
        }

        Assert.That(request.Headers.NonValidated.Count, Is.EqualTo(201));
        Assert.That(
            request.Headers.NonValidated.Single(field => field.Key == "Content-Language").Value,
            Is.EqualTo(new[] { "l0", "l50", "l100", "l150" }));
    }
}
