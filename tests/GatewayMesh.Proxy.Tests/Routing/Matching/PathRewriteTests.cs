using GatewayMesh.Configuration.Entries;
using GatewayMesh.Proxy.Routing.Matching;

namespace GatewayMesh.Proxy.Tests.Routing.Matching;

public class PathRewriteTests
{
    [TestCase("/api", "/v2", "/api/x?q=/api", ExpectedResult = "/v2/x?q=/api")]
    [TestCase("/api", "/v2", "/api", ExpectedResult = "/v2")]
    [TestCase("/api", "/v2", "/apix", ExpectedResult = "/v2x")]
    [TestCase("/api", "/", "/api/x", ExpectedResult = "//x", Description = "like Envoy's prefix_rewrite")]
    [TestCase("/api/", "/", "/api/x", ExpectedResult = "/x")]
    [TestCase("/", "/v2/", "/x", ExpectedResult = "/v2/x")]
    [TestCase("/api", "/v2", "/api//x", ExpectedResult = "/v2//x")]
    [TestCase("/api", "/v2", "//api/x", ExpectedResult = "/v2/x")]
    [TestCase("/api", "/v2", "/%61pi/x", ExpectedResult = "/v2/x")]
    [TestCase("/api", "/v2", "/api/a%2fb", ExpectedResult = "/v2/a%2fb")]
    [TestCase("/api", "/v2", "/static/../api/x", ExpectedResult = "/v2/x")]
    [TestCase("/api", "/v2", "/api/y/../x", ExpectedResult = "/v2/x")]
    [TestCase("/api", "/v2", "/api/%7e%41%c3%a4%e4%", ExpectedResult = "/v2/%7e%41%c3%a4%e4%")]
    [TestCase("/my%20files", "/v2", "/my%20files/a%2Fb%2fc", ExpectedResult = "/v2/a%2Fb%2fc")]
    [TestCase("/ä/😀", "/v2", "/%c3%A4//%F0%9F%98%80/x", ExpectedResult = "/v2/x")]
    [TestCase("/a%2fb", "/v2", "/a%2Fb/x", ExpectedResult = "/v2/x")]
    [TestCase("/api", "/v2", "/api/%2e%2e/api/a%2fb", ExpectedResult = "/v2/a%2fb")]
    [TestCase("/api", "/v2", "/api/..%2fx", ExpectedResult = "/v2/..%2fx")]
    [TestCase("/api", "v2", "/api/x", ExpectedResult = "/v2/x")]
    [TestCase("/api", "/a b\r\nX: y", "/api", ExpectedResult = "/a%20b%0D%0AX:%20y")]
    [TestCase("/api", "/é", "/api", ExpectedResult = "/%C3%A9")]
    public string A_prefix(string from, string to, string target) => new PathRewrite(new PathRule(PathTest.Prefix, from), to).Apply(target);

    [TestCase("/api", "/v2", "/api?q", ExpectedResult = "/v2?q")]
    [TestCase("/api", "/v2", "//api", ExpectedResult = "/v2")]
    [TestCase("/api", "/", "/api#x", ExpectedResult = "/#x")]
    public string A_whole_path(string from, string to, string target) =>
        new PathRewrite(new PathRule(PathTest.Exact, from), to).Apply(target);

    [Test]
    public void A_prefix_is_rewritten_without_regard_to_case() =>
        Assert.That(new PathRewrite(new PathRule(PathTest.Prefix, "/api"), "/v2").Apply("/API/x"), Is.EqualTo("/v2/x"));
}
