import numpy as np
import pytest
import torch
from sklearn.neighbors import KNeighborsClassifier
from sklearn.tree import DecisionTreeClassifier

from fer_core import FerError, create_model
from fer_core.classical import (
    KNN,
    NaiveNet,
    Tree,
    create_method,
    hog,
    list_methods,
    network_features,
    pixels,
)
from fer_core.classifier import Classifier
from fer_core.device import choose_device
from fer_core.inputs import InputSpec

CPU = choose_device("cpu")


def patterned(n, seed=0):
    """n faces: for each of the expressions 0 to 5 its own coarse pattern, with noise; none is 6."""
    patterns = np.random.default_rng(2013).integers(40, 215, (6, 6, 6)).repeat(8, 1).repeat(8, 2)
    labels = np.arange(n) % 6
    noise = np.random.default_rng(seed).normal(0, 30, (n, 48, 48))
    return (patterns[labels] + noise).clip(0, 255).astype(np.uint8), labels


def random_faces(n, seed=0):
    """n faces of noise with random labels: every choice among them is close."""
    rng = np.random.default_rng(seed)
    return rng.integers(0, 256, (n, 48, 48)).astype(np.uint8), rng.integers(0, 7, n)


def network(**spec):
    model = create_model("compact_se", widths=[8, 16], depths=[1, 1])
    return Classifier(model, InputSpec(**spec), CPU)


@pytest.mark.parametrize("name", list_methods())
@pytest.mark.parametrize("features", [pixels, hog])
def test_every_method_learns_patterns_and_gives_shares(name, features):
    args = {"naive-net": {"hidden": [32], "batch_size": 20}, "forest": {"trees": 30}}.get(name, {})
    method = create_method(name, features, **args)
    method.fit(*patterned(240))
    images, labels = patterned(60, seed=1)
    probs = method(images)
    assert probs.shape == (60, 7) and probs.dtype == np.float32
    assert np.allclose(probs.sum(1), 1, atol=1e-5) and probs.min() >= 0
    assert (probs.argmax(1) == labels).mean() > 0.8
    assert (probs[:, 6] == 0).all()  # an expression that was never shown


@pytest.mark.parametrize("metric", ["euclidean", "cosine"])
def test_neighbours_are_the_most_similar_faces(metric):
    train, labels = random_faces(60)
    images, _ = random_faces(9, seed=1)
    a, b = (x.reshape(len(x), -1).astype(float) for x in (images, train))
    if metric == "euclidean":
        distances = np.linalg.norm(a[:, None] - b, axis=2)
    else:
        lengths = np.linalg.norm(a, axis=1)[:, None] * np.linalg.norm(b, axis=1)
        distances = 1 - a @ b.T / lengths
    knn = KNN(pixels, metric=metric, max_k=7)
    knn.fit(train, labels)
    assert knn.neighbours(images).tolist() == distances.argsort(1)[:, :7].tolist()


def test_every_k_from_one_search_is_as_its_own_fit():
    train, labels = random_faces(60)
    images, _ = random_faces(9, seed=1)
    knn = KNN(pixels, max_k=5)
    knn.fit(train, labels)
    for k, probs in enumerate(knn.each(images), start=1):
        alone = KNeighborsClassifier(k).fit(pixels(train), labels)
        assert np.allclose(probs, alone.predict_proba(pixels(images)))
        knn.chosen = k
        assert np.array_equal(knn(images), probs)


@pytest.mark.parametrize(("metric", "nearest"), [("euclidean", 1), ("cosine", 0)])
def test_only_the_cosine_does_not_mind_the_exposure(metric, nearest):
    one, other = random_faces(2)[0]
    knn = KNN(pixels, metric=metric, max_k=1)
    knn.fit(np.stack([one, other // 8]), np.array([3, 5]))
    assert knn.neighbours(one[None] // 8).tolist() == [[nearest]]


def few_pixels(images):
    """Nine features only: among many, several questions would be equally good."""
    return pixels(images)[:, ::256]


@pytest.mark.parametrize("depth", [1, 2, 4])
def test_a_cut_tree_is_the_tree_of_that_depth(depth):
    train, labels = random_faces(500)
    images, _ = random_faces(40, seed=1)
    tree = Tree(few_pixels, max_depth=8)
    tree.fit(train, labels)
    alone = DecisionTreeClassifier(criterion="entropy", max_depth=depth, random_state=0)
    alone.fit(few_pixels(train), labels)
    tree.chosen = depth
    assert np.allclose(tree(images), alone.predict_proba(few_pixels(images)), atol=1e-6)
    assert tree.params == alone.tree_.node_count - alone.get_n_leaves()


@pytest.mark.filterwarnings("error")
def test_the_naive_net_trains_for_its_epochs_although_the_loss_stands_still():
    net = NaiveNet(pixels, hidden=[5, 4], learning_rate=1e-9, batch_size=10, epochs=15)
    net.fit(*random_faces(40))
    assert net._estimator.n_iter_ == 15
    assert net.params == 2304 * 5 + 5 + 5 * 4 + 4 + 4 * 7 + 7


@pytest.mark.parametrize("name", ["naive-net", "tree", "forest"])
def test_the_seed_decides(name):
    args = {
        "naive-net": {"hidden": [8], "batch_size": 20, "epochs": 2},
        "forest": {"trees": 3},
    }.get(name, {})
    methods = [create_method(name, pixels, seed, **args) for seed in (1, 1, 2)]
    train, labels = random_faces(40)
    images, _ = random_faces(30, seed=1)
    for method in methods:
        method.fit(train, labels)
    first, again, other = (method(images) for method in methods)
    assert np.array_equal(first, again) and not np.allclose(first, other)


def test_hog_sees_edges_and_not_brightness():
    images = patterned(6)[0] // 2
    assert hog(images).shape == (6, 900) and hog(images).dtype == np.float32
    assert np.allclose(hog(images), hog(images + 60), atol=1e-5)
    turned = np.ascontiguousarray(images.transpose(0, 2, 1))
    assert np.abs(hog(images) - hog(turned)).max() > 0.1


@pytest.mark.parametrize("mirror", [False, True])
def test_network_features_are_what_its_last_layer_sees(mirror):
    images, _ = random_faces(300)
    classifier = network(mirror_average=mirror)
    with network_features(classifier) as features:
        seen = torch.from_numpy(features(images))
    assert seen.shape == (300, 16)
    plain = Classifier(classifier.model, InputSpec(), CPU)
    probs = classifier.model.head(seen).softmax(1).detach().numpy()
    assert np.allclose(probs, plain(images), atol=1e-5)


def test_the_hook_goes_with_the_with():
    classifier = network()
    with pytest.raises(KeyError), network_features(classifier):
        assert classifier.model.head._forward_pre_hooks
        raise KeyError
    assert not classifier.model.head._forward_pre_hooks


def test_a_network_without_linear_layer_is_refused():
    classifier = Classifier(torch.nn.Conv2d(1, 7, 48), InputSpec(), CPU)
    with pytest.raises(FerError, match="Conv2d"), network_features(classifier):
        pass


@pytest.mark.parametrize("features", [pixels, hog])
@pytest.mark.parametrize(
    "images", [np.zeros((2, 48, 48)), np.zeros((2, 96, 48), np.uint8), np.zeros((48, 48), np.uint8)]
)
def test_other_faces_are_refused(features, images):
    with pytest.raises(FerError, match=r"\(N, 48, 48\)"):
        features(images)


def test_what_does_not_exist_is_named():
    with pytest.raises(FerError, match="forest"):
        create_method("svm", pixels)
    with pytest.raises(FerError, match="colour"):
        create_method("knn", pixels, colour="red")
    with pytest.raises(FerError, match="manhattan"):
        create_method("knn", pixels, metric="manhattan")
    with pytest.raises(FerError, match="20 neighbours"):
        create_method("knn", pixels).fit(*patterned(19))
