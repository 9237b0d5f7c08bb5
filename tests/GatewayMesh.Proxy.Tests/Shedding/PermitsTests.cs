using FsCheck;
using FsCheck.Fluent;
using GatewayMesh.Configuration.Policies.Shedding;
using GatewayMesh.Proxy.Limits;
using GatewayMesh.Proxy.Shedding;

namespace GatewayMesh.Proxy.Tests.Shedding;

public sealed class PermitsTests
{
    [TestCase(1, 1, 1)]
    [TestCase(2, 2, 2)]
    [TestCase(10, 8, 10)]
    [TestCase(20, 16, 19)]
    [TestCase(1024, 820, 973)]
    public void A_number_that_somebody_wrote_means_what_it_says_while_it_is_small(int limit, int sheddable, int defaults) =>
        Assert.That(Permits.OfNumber(limit, SheddingModel.Default), Is.EqualTo(new Permits(sheddable, defaults, limit)));

    [TestCase(1, 0, 1)]
    [TestCase(3, 2, 2)]
    [TestCase(8, 6, 7)]
    [TestCase(100, 80, 95)]
    public void Of_a_limit_that_was_measured_a_place_is_kept_for_what_is_critical(int limit, int sheddable, int defaults) =>
        Assert.That(Permits.OfMeasured(limit, SheddingModel.Default), Is.EqualTo(new Permits(sheddable, defaults, limit)));

    [Test]
    public void The_shares_are_the_policys() =>
        Assert.That(Permits.OfNumber(100, new SheddingModel { SheddableShare = 0.1, DefaultShare = 0.5 }), Is.EqualTo(new Permits(10, 50, 100)));

    [Test]
    public void Sheddable_requests_are_refused_first_and_critical_ones_last_whatever_the_shares() =>
        Prop.ForAll<byte, byte, byte>((limit, one, two) =>
        {
            var shedding = new SheddingModel { SheddableShare = Math.Min(one, two) / 255.0, DefaultShare = Math.Max(one, two) / 255.0 };
            Permits[] both = [Permits.OfNumber(1 + limit, shedding), Permits.OfMeasured(1 + limit, shedding)];
            return both.All(permits => permits.Sheddable <= permits.Default && permits.Default >= 1 && permits.Default <= permits.Critical && permits.Critical == 1 + limit);
        }).QuickCheckThrowOnFailure();

    [Test]
    public void A_full_limit_is_told_from_one_that_keeps_its_last_places()
    {
        var count = default(PermitCount);
        var permits = new Permits(1, 2, 3);
        Assert.That(count.TryEnter(permits, Criticality.Sheddable), Is.EqualTo(LimitVerdict.Admitted));
        Assert.That(count.TryEnter(permits, Criticality.Sheddable), Is.EqualTo(LimitVerdict.Shed));
        Assert.That(count.TryEnter(permits, Criticality.Default), Is.EqualTo(LimitVerdict.Admitted));
        Assert.That(count.TryEnter(permits, Criticality.Default), Is.EqualTo(LimitVerdict.Shed));
        Assert.That(count.TryEnter(permits, Criticality.Critical), Is.EqualTo(LimitVerdict.Admitted));
        Assert.That(count.TryEnter(permits, Criticality.Critical), Is.EqualTo(LimitVerdict.Full));
        count.Leave();
        Assert.That(count.Taken, Is.EqualTo(2));
    }
}
